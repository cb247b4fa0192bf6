package driver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

const bySHA512 = "algorithm = 'sha512'"

// TestAlgorithm has stores by both algorithms. Their mounts show the same tree, and all names in their
// pools are digests by the algorithm.
func TestAlgorithm(t *testing.T) {
	tars := [][]byte{
		layertest.Tar(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("f", 5000)), layertest.File("usr/gone", strings.Repeat("g", 100)), layertest.File("small", "s")),
		layertest.Tar(layertest.File("usr/.wh.gone", ""), layertest.File("usr/g", strings.Repeat("g", 100))),
	}
	var trees []*tree.Tree
	for conf, digits := range map[string]int{"": 64, bySHA512: 128} {
		s := newStore(t, kind{composefs: conf})
		s.layer(t, "a", "", tars[0])
		s.layer(t, "b", "a", tars[1])
		trees = append(trees, s.read(t, "b"))
		objects, err := filepath.Glob(filepath.Join(s.pool(), "objects/*/*"))
		must(t, err)
		images, err := filepath.Glob(filepath.Join(s.pool(), "images/*"))
		must(t, err)
		if len(objects) != 3 || len(images) != 1 {
			t.Errorf("%q: objects %q, images %q", conf, objects, images)
		}
		for _, name := range objects {
			if got := len(filepath.Base(name)) + 2; got != digits {
				t.Errorf("%q: %s has %d digits", conf, name, got)
			}
		}
		for _, name := range images {
			if got := len(filepath.Base(name)); got != digits {
				t.Errorf("%q: %s has %d digits", conf, name, got)
			}
		}
		s.remove(t, "a", "b")
		if left, _ := filepath.Glob(filepath.Join(s.pool(), "objects/*/*")); len(left) > 0 {
			t.Errorf("%q: %q are left", conf, left)
		}
	}
	trees[0].Root.MtimeSec, trees[0].Root.MtimeNsec = trees[1].Root.MtimeSec, trees[1].Root.MtimeNsec // of the layers' directories
	for d := range tree.Diff(trees[0], trees[1]) {
		t.Errorf("the mounts differ: %s", d)
	}
}

// TestAlgorithmRefused opens stores with the other algorithm, and with an image store by the other one.
// Without the setting a store keeps its algorithm.
func TestAlgorithmRefused(t *testing.T) {
	const other = "algorithm = 'sha256'"
	for conf, is := range map[string]string{other: "sha256", bySHA512: "sha512"} {
		wrong := map[string]string{other: bySHA512, bySHA512: other}[conf]
		d := newDirs(t)
		s := d.open(t, kind{composefs: conf})
		s.layer(t, "a", "", layertest.Tar(layertest.File("f", "content")))
		_, err := d.tryOpen(t, kind{composefs: wrong})
		if want := d.path("composefs.conf") + " has "; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "names its objects by "+is) {
			t.Errorf("%s: %v, want %s", wrong, err, want)
		}
		d.open(t, kind{}).layer(t, "b", "a", layertest.Tar(layertest.File("g", "content of g")))
		if text, _ := os.ReadFile(filepath.Join(d.pool(), "algorithm")); (string(text) == "sha512\n") != (is == "sha512") {
			t.Errorf("%s: the pool says %q", conf, text)
		}

		e := newDirs(t)
		_, err = e.tryOpen(t, kind{composefs: wrong, options: []string{"overlay.imagestore=" + d.root()}})
		if err == nil || !strings.Contains(err.Error(), "and the image store "+d.root()+" by "+is) {
			t.Errorf("an image store by %s: %v", is, err)
		}
	}
}
