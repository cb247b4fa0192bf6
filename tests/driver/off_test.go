//go:build linux

package driver_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// names returns the files in the root and the run root, apart from random names and the files that the
// stock driver writes once in a process.
func (d dirs) names(t testing.TB) (list []string) {
	t.Helper()
	for _, dir := range []string{"root", "run"} {
		must(t, filepath.WalkDir(d.path(dir), func(path string, e fs.DirEntry, err error) error {
			name := strings.TrimPrefix(path, string(d))
			switch base := filepath.Base(path); {
			case filepath.Base(filepath.Dir(path)) == "l":
				name = "/root/overlay/l/…"
			case strings.HasPrefix(base, "#"), strings.HasPrefix(base, "native-diff"):
				return err
			}
			list = append(list, name)
			return err
		}))
	}
	return list
}

// TestOff checks that without the switches, and without a composefs layer, nothing is
// different.
func TestOff(t *testing.T) {
	p := pair{newStore(t, kind{off: true}), newStore(t, kind{stock: true})}
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		top := p.image(t, img)
		ours, theirs := p.container(t, "container", top)
		newMutator(t, img.Seed, ours, theirs).mutate(30)
		p.compare(t, "container", "container", times)
		p.sameSize(t, "container", "container", top)
		report(t, "diff", differences(entries(t, p.ours.diff(t, "container", top)), entries(t, p.theirs.diff(t, "container", top))))
		changed, err := changes(p.ours, "container", top)
		judge, err2 := changes(p.theirs, "container", top)
		if report(t, "changes", differences(changed, judge)); (err == nil) != (err2 == nil) {
			t.Errorf("changes: %v, stock %v", err, err2)
		}
		for i, id := range ids(img) {
			p.compare(t, id, id, mounted.Allow{DirTimes: true}, "ro")
			p.sameTar(t, id, img.Layers[i])
		}
		report(t, "files", differences(p.ours.names(t), p.theirs.names(t)))
		p.put(t, "container")
		for _, s := range []*store{p.ours, p.theirs} {
			if _, err := s.Metadata("container"); err != nil {
				t.Error(err)
			}
			must(t, s.Cleanup())
		}
		report(t, "files", differences(p.ours.names(t), p.theirs.names(t)))
	})
}

// TestApplyTwice applies a second tar to a layer, as containers-storage applydiff does.
func TestApplyTwice(t *testing.T) {
	p := newPair(t)
	first := layertest.Tar(layertest.Dir("d").Owner(1, 2, 0o700), layertest.File("d/a", "a"), layertest.File("f", strings.Repeat("first", 100)),
		layertest.Symlink("l", "f"), layertest.Dir("gone"), layertest.File("gone/x", "x"), layertest.File("kept", strings.Repeat("kept", 100)))
	second := layertest.Tar(layertest.Dir("d").Owner(3, 4, 0o711), layertest.File("d/b", "b"), layertest.File("f", strings.Repeat("second", 100)),
		layertest.File("l", "no link"), layertest.File("gone", "a file"), layertest.File("new", "new"))
	p.layer(t, "base", "", first, first)
	p.layer(t, "layer", "base", first, first)
	p.compare(t, "first", "layer", times, "ro") // so that there is a merged image
	for _, s := range []*store{p.ours, p.theirs} {
		_, err := stock.AddDiff(s, "layer", "base", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(second)})
		must(t, err)
	}
	p.compare(t, "second", "layer", times, "ro")
	p.sameSize(t, "second", "layer", "base")
	p.container(t, "container", "layer")
	p.compare(t, "container", "container", times)
}

// TestMountProgram opens a store that fuse-overlayfs has used: composefs is off.
func TestMountProgram(t *testing.T) {
	d := newDirs(t)
	must(t, os.Mkdir(d.home(), 0o700))
	must(t, os.WriteFile(d.home()+"/.has-mount-program", []byte("true"), 0o600))
	for _, line := range d.open(t, kind{}).Status() {
		if line[0] == "Composefs" && line[1] != "off: fuse-overlayfs is in use" {
			t.Errorf("status: %s", line[1])
		}
	}
}
