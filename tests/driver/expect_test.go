//go:build linux

package driver_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	merges "github.com/composefs-storage/composefs-storage/driver/store/images"
)

// hex64 returns an ID as those of images and layers are.
func hex64(c string) string { return strings.Repeat(c, 64) }

var (
	base, top, derived = hex64("1"), hex64("2"), hex64("3") // layers
	appID, derivedID   = hex64("a"), hex64("b")             // images
	nothing            = hex64("0")                         // a digest that nothing has
)

// guarded makes a store with an image of the layers base and top, and another one that
// has derived on these, each with a container.
func guarded(t *testing.T, k kind) *store {
	t.Helper()
	s := newStore(t, k)
	s.layer(t, base, "", layertest.Tar(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("content", 100)), layertest.Dir("boot"), layertest.File("boot/k", "k"), layertest.Dir("sysroot")))
	s.layer(t, top, base, layertest.Tar(layertest.File("usr/g", "g")))
	s.layer(t, derived, top, layertest.Tar(layertest.File("usr/h", "h")))
	must(t, s.CreateReadWrite("container", top, nil))
	must(t, s.CreateReadWrite("other", derived, nil))
	s.catalog(t, `[{"id": "`+appID+`", "layer": "`+top+`"}, {"id": "`+derivedID+`", "layer": "`+derived+`"}]`)
	return s
}

func (s *store) catalog(t *testing.T, text string) {
	t.Helper()
	must(t, os.MkdirAll(s.home()+"-images", 0o700))
	must(t, os.WriteFile(s.home()+"-images/images.json", []byte(text), 0o600))
}

// policy writes the policy file. "" removes it.
func (s *store) policy(t *testing.T, format string, args ...any) {
	t.Helper()
	must(t, os.MkdirAll(s.path("composefs-digests.d"), 0o700))
	must(t, os.WriteFile(s.path("composefs-digests.d/p.toml"), fmt.Appendf(nil, format, args...), 0o600))
}

// mountable mounts a layer for a moment and returns why it cannot be, "" if it can.
func (s *store) mountable(t *testing.T, id string) string {
	t.Helper()
	options := []string{"ro"}
	if id == "container" || id == "other" {
		options = nil
	}
	if _, err := s.Get(id, graphdriver.MountOpts{Options: options}); err != nil {
		return err.Error()
	}
	must(t, s.Put(id))
	return ""
}

// want checks that layers can be mounted, or that the error has the text.
func (s *store) want(t *testing.T, what, text string, layers ...string) {
	t.Helper()
	for _, id := range layers {
		if got := s.mountable(t, id); text == "" && got != "" || !strings.Contains(got, text) {
			t.Errorf("%s: layer %s: %q, want %q", what, id, got, text)
		}
	}
}

// digests returns those of the merged image of a layer.
func (s *store) digests(t *testing.T, id string) (merged, oci string) {
	t.Helper()
	s.want(t, "without a policy", "", id)
	text, err := os.ReadFile(filepath.Join(s.home(), id, "composefs-data/merged.blob"))
	must(t, err)
	f, img, err := merges.Open(filepath.Join(s.home(), id, "composefs-data/merged.blob"))
	must(t, err)
	defer f.Close() //nolint:errcheck // open for reading
	canonical, err := convert.Merge(context.Background(), []convert.Source{{Image: img}}, io.Discard, convert.MergeOptions{OCI: true})
	must(t, err)
	return verity.Sum(text).String(), canonical.Digest.String()
}

// modes are the values of verity with which mounts do not depend on fs-verity.
var modes = []string{`verity = "off"` + "\n", `verity = "try"` + "\n"}

// TestExpected mounts images with right and wrong entries, in each of the ways to
// write these.
func TestExpected(t *testing.T) {
	for _, mode := range modes {
		t.Run(strings.Trim(strings.Fields(mode)[2], `"`), func(t *testing.T) {
			s := guarded(t, kind{composefs: mode})
			merged, oci := s.digests(t, top)
			for _, name := range []string{"config = 'sha256:" + appID + "'", "config = '" + appID + "'", "layer = '" + top + "'"} {
				s.policy(t, "[[image]]\n%s\nmerged = '%s'\n", name, merged)
				s.want(t, "right, "+name, "", top, "container", base, derived, "other")
				s.policy(t, "[[image]]\n%s\nmerged = '%s'\noci = '%s'", name, merged, oci)
				s.want(t, "both right, "+name, "", top, "container")
				s.policy(t, "\n[[image]]\n%s\nmerged = '%s'\n", name, nothing)
				s.want(t, "wrong, "+name, "has the digest "+merged+", but "+s.path("composefs-digests.d/p.toml")+":2 expects "+nothing, top, "container")
				s.want(t, "wrong for another image, "+name, "", base, derived, "other")
				s.policy(t, "[[image]]\n%s\noci = '%s'\n", name, nothing)
				s.want(t, "wrong oci, "+name, "the canonical form of its merged image "+s.home()+"/"+top+"/composefs-data/merged.blob has the digest "+oci, top, "container")
			}
			s.policy(t, "[[image]]\nconfig = '%s'\nmerged = '%s'\n", derivedID, merged)
			s.want(t, "wrong for the derived image", "sha256:"+derivedID+": its merged image ", derived, "other")
			s.want(t, "wrong for the derived image", "", top, "container")
			report(t, "still mounted", s.mounts(t))
		})
	}
}

// TestExpectedForms has the canonical and bootable digests by both algorithms checked, twice: the second
// time they are known.
func TestExpectedForms(t *testing.T) {
	s := guarded(t, kind{})
	seen := map[string]bool{}
	for _, key := range []string{"oci", "bootable"} {
		for _, wrong := range []string{nothing, nothing + nothing} {
			for range 2 {
				s.policy(t, "[[image]]\nconfig = '%s'\n%s = '%s'\n", appID, key, wrong)
				said := s.mountable(t, top)
				_, digest, _ := strings.Cut(said, "has the digest ")
				digest, _, _ = strings.Cut(digest, ",")
				if len(digest) != len(wrong) {
					t.Fatalf("%s: %s", key, said)
				}
				seen[digest] = true
				s.policy(t, "[[image]]\nconfig = '%s'\n%s = '%s'\n", appID, key, digest)
				s.want(t, "right "+key, "", top, "container")
			}
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d digests, want 4", len(seen))
	}
}

// TestExpectedChanged changes an image after it has been merged.
func TestExpectedChanged(t *testing.T) {
	s := guarded(t, kind{})
	merged, _ := s.digests(t, top)
	s.policy(t, "[[image]]\nconfig = '%s'\nmerged = '%s'\n", appID, merged)
	s.want(t, "unchanged", "", top)
	blob := filepath.Join(s.home(), top, "composefs-data/merged.blob")
	f, err := os.OpenFile(blob, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte{1}, 4000) // where nothing is
	must(t, err)
	must(t, f.Close())
	s.want(t, "changed", "has the digest ", top, "container")
}

// TestExpectedForged has the store name other layers as an image's: they are not mounted
// for it. That some layer is no image's at all only expected = "all" minds.
func TestExpectedForged(t *testing.T) {
	for _, all := range []bool{false, true} {
		s := guarded(t, kind{composefs: map[bool]string{true: `expected = "all"`}[all]})
		s.policy(t, "[[image]]\nlayer = '%s'\noci = '%s'", top, nothing) // to be replaced
		if all {
			s.want(t, "not listed", `expected = "all"`, base, derived, "other")
		}
		oci := s.mountable(t, top)
		_, oci, _ = strings.Cut(oci, "has the digest ")
		s.policy(t, "[[image]]\nconfig = '%s'\noci = '%s'\n", appID, oci[:64])
		s.want(t, "right", "", top, "container")
		s.catalog(t, `[{"id": "`+appID+`", "layer": "`+derived+`"}]`)
		s.want(t, "forged", "has the digest ", derived, "other")
		want := ""
		if all {
			want = `no digest is expected of its image, and composefs.conf has expected = "all"`
		}
		s.want(t, "of no image", want, top, "container", base)
		s.catalog(t, `[{"id": "`+appID+`", "layer": "x", "mapped-layers": ["`+derived+`"]}]`)
		s.want(t, "forged as mapped", "has the digest ", derived, "other")
		s.catalog(t, `[{"id": "`+appID+`", "layer": "`+top+`"}]`)
		s.want(t, "right again", "", top, "container")
	}
}

// TestExpectedUnreadable has policies and catalogs that cannot be read.
func TestExpectedUnreadable(t *testing.T) {
	s := guarded(t, kind{})
	s.policy(t, "[[image]]\nconfig = 'x'")
	s.want(t, "broken policy", s.path("composefs-digests.d/p.toml")+`:2: config = "x": must be 64 hexadecimal digits`, top, "container", base, derived)
	s.policy(t, "[[image]]\nconfig = '%s'\nmerged = '%s'", hex64("f"), nothing)
	s.catalog(t, "[")
	s.want(t, "broken catalog", "images.json: ", top, "container")
	s.policy(t, "")
	s.want(t, "empty policy", "", top, "container")
	s = guarded(t, kind{composefs: "digests_dir = '/nonexistent/digests'"})
	s.want(t, "no directory", `composefs.conf has digests_dir = "/nonexistent/digests", which does not exist: create that directory, or remove the key`, top, "container", base)
}

// TestExpectedPlain lists images that are not composefs, wholly or in part.
func TestExpectedPlain(t *testing.T) {
	d := newDirs(t)
	off := d.open(t, kind{off: true})
	off.layer(t, base, "", layertest.Tar(layertest.Dir("usr")))
	must(t, off.Cleanup())
	s := d.open(t, kind{})
	s.layer(t, top, base, layertest.Tar(layertest.File("usr/g", strings.Repeat("g", 100))))
	must(t, s.CreateReadWrite("container", top, nil))
	must(t, s.CreateReadWrite("other", base, nil))
	s.want(t, "without a policy", "", top, "container", base, "other")
	for _, id := range []string{top, base} {
		s.policy(t, "[[image]]\nlayer = '%s'\nmerged = '%s'\n", id, nothing)
		listed, free := []string{top, "container"}, []string{base, "other"}
		if id == base {
			listed, free = []string{base, "other"}, []string{top, "container"}
		}
		s.want(t, "listed", "layer "+base+" is not composefs", listed...)
		s.want(t, "not listed", "", free...)
	}
}

// TestExpectedOff lists an image where composefs cannot be mounted: the stock driver
// could mount it, but does not compare the digest.
func TestExpectedOff(t *testing.T) {
	d := newDirs(t)
	off := d.open(t, kind{off: true, options: []string{"overlay.ignore_chown_errors=true"}})
	off.layer(t, base, "", layertest.Tar(layertest.Dir("usr")))
	off.want(t, "without a policy", "", base)
	off.policy(t, "[[image]]\nlayer = '%s'\nmerged = '%s'\n", base, nothing)
	off.want(t, "listed", "layer "+base+" is not composefs", base)
}
