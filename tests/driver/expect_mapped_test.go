//go:build linux

package driver_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// mappable mounts a layer with maps that the kernel does not apply, and returns why it
// cannot be, "" if it can.
func (s *store) mappable(t *testing.T, id string, maps *idtools.IDMappings, options ...string) string {
	t.Helper()
	if _, err := s.Get(id, stock.OnDisk(maps, options...)); err != nil {
		return err.Error()
	}
	must(t, s.Put(id))
	return ""
}

// said checks the errors of mounting a copy and a container on it.
func (s *store) said(t *testing.T, what, text string, maps *idtools.IDMappings) {
	t.Helper()
	for id, options := range map[string][]string{"copy": {"ro"}, "box": nil} {
		if got := s.mappable(t, id, maps, options...); text == "" && got != "" || !strings.Contains(got, text) {
			t.Errorf("%s: %s: %q, want %q", what, id, got, text)
		}
	}
}

// copied makes a copy of an image's top layer and a container on it.
func (s *store) copied(t *testing.T, top, parent string, maps *idtools.IDMappings) {
	t.Helper()
	must(t, s.copyTop("copy", top, parent, idtools.NewIDMappingsFromMaps(nil, nil), maps))
	must(t, s.CreateReadWrite("box", "copy", &graphdriver.CreateOpts{IDMappings: maps}))
}

// expectedModes are the values of expected in composefs.conf.
var expectedModes = []string{"listed", "all"}

// TestExpectedMappedCopy mounts copies of random images for user namespaces, where only
// the digest of the image is expected.
func TestExpectedMappedCopy(t *testing.T) {
	for _, mode := range expectedModes {
		s := newStore(t, kind{composefs: fmt.Sprintf("expected = %q", mode)})
		eachImage(t, func(t *testing.T, img *ociimage.Image) {
			s.policy(t, "[[image]]\nlayer = '%s'\nmerged = '%s'\n", nothing, nothing)
			names := s.image(t, img)
			image, parent := names[len(names)-1], ""
			if len(names) > 1 {
				parent = names[len(names)-2]
			}
			maps := ranges(100_000, 200_000)
			s.copied(t, image, parent, maps)
			t.Cleanup(func() { s.remove(t, append(names, "copy", "box")...) })
			s.catalog(t, `[{"id": "`+appID+`", "layer": "`+image+`", "mapped-layers": ["copy"]}]`)
			s.policy(t, "[[image]]\nconfig = '%s'\nmerged = '%s'\n", appID, nothing)
			_, merged, _ := strings.Cut(s.mappable(t, image, idtools.NewIDMappingsFromMaps(nil, nil), "ro"), "has the digest ")
			s.said(t, mode+", wrong", "has the digest "+merged[:64]+", but ", maps)
			s.policy(t, "[[image]]\nconfig = '%s'\nmerged = '%s'\n", appID, merged[:64])
			s.said(t, mode+", right", "", maps)
			s.said(t, mode+", known", "", maps)
		})
		report(t, "still mounted", s.mounts(t))
	}
}

// TestExpectedTamperedCopy changes a copy for a user namespace, the image that it is a copy
// of, or the maps: nothing of that is mounted.
func TestExpectedTamperedCopy(t *testing.T) {
	maps := ranges(100_000, 200_000)
	for _, mode := range expectedModes {
		for _, c := range []struct {
			name, said string
			tamper     func(t *testing.T, s *store)
			maps       *idtools.IDMappings
			byLayer    bool // the same with an entry by layer
		}{
			{"not", "", func(*testing.T, *store) {}, maps, true},
			{"the merged image", "its copy for a user namespace, ", func(t *testing.T, s *store) {
				flip(t, filepath.Join(s.home(), "copy/composefs-data/merged.blob"))
			}, maps, true},
			{"the image", "has the digest ", func(t *testing.T, s *store) {
				flip(t, filepath.Join(s.home(), top, "composefs-data/merged.blob"))
			}, maps, true},
			{"another namespace", "its copy for a user namespace, ", func(*testing.T, *store) {}, ranges(400_000, 300_000), true},
			{"no namespace", "its merged image ", func(*testing.T, *store) {}, idtools.NewIDMappingsFromMaps(nil, nil), false},
			{"another layer", "its copy for a user namespace, ", func(t *testing.T, s *store) {
				s.remove(t, "copy", "box")
				s.layer(t, "copy", top, layertest.Tar(layertest.File("usr/f", strings.Repeat("forged!", 100)).Owner(100_000, 200_000, 0o4755)))
				must(t, s.CreateReadWrite("box", "copy", nil))
			}, maps, true},
			{"a copy of another image", "has the digest ", func(t *testing.T, s *store) {
				s.remove(t, "copy", "box")
				s.copied(t, derived, top, maps)
			}, maps, false},
		} {
			t.Run(mode+"/"+c.name, func(t *testing.T) {
				s := guarded(t, kind{composefs: fmt.Sprintf("expected = %q", mode)})
				s.policy(t, "[[image]]\nlayer = '%s'\nmerged = '%s'\n", top, nothing)
				_, merged, _ := strings.Cut(s.mountable(t, top), "has the digest ")
				s.policy(t, "[[image]]\nlayer = '%s'\noci = '%s'\n", top, nothing)
				_, oci, _ := strings.Cut(s.mountable(t, top), "has the digest ")
				s.copied(t, top, base, maps)
				s.catalog(t, `[{"id": "`+appID+`", "layer": "`+top+`", "mapped-layers": ["copy"]}]`)
				for i, entry := range []string{"config = '" + appID + "'", "layer = '" + top + "'"} {
					s.policy(t, "[[image]]\n%s\nmerged = '%s'\noci = '%s'\n", entry, merged[:64], oci[:64])
					if i == 0 {
						s.said(t, "before", "", maps)
						c.tamper(t, s)
					}
					if i == 0 || c.byLayer {
						s.said(t, c.name+", "+entry, c.said, c.maps)
					}
				}
				report(t, "still mounted", s.mounts(t))
			})
		}
	}
}
