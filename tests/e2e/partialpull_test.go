//go:build linux

package e2e_test

import (
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestStockPartialPull holds what stock podman makes of layers that it pulls by a table of
// contents, without composefs: that is why our driver has them downloaded the ordinary way. If
// a case fails, upstream has changed it: see docs/upstream/partial-pulls.md.
func TestStockPartialPull(t *testing.T) {
	cases := []struct {
		layer []layertest.Entry // on those before
		want  []string          // differences to the plain driver
	}{
		{[]layertest.Entry{layertest.Dir("d"), layertest.Dir("d/sub"), layertest.File("d/sub/a", "a"), layertest.Link("d/b", "d/sub/a")}, []string{"/d mtime", "/d/sub mtime"}},
		{[]layertest.Entry{layertest.File("d/sub/new", "new")}, []string{"/d mode", "/d/sub mode"}},
		{[]layertest.Entry{layertest.File("d/sub/.wh.a", "")}, []string{"/d mode", "/d/sub mode"}},
		{[]layertest.Entry{layertest.Symlink("link", "d").Owner(3, 4, 0o777)}, []string{"/link uid", "/link gid", "/link mtime"}},
		{[]layertest.Entry{layertest.Device("null", 1, 3), layertest.OfType('6', "fifo", "")}, []string{"/fifo entry", "/null entry"}},
	}
	for _, compression := range []podman.Compression{podman.Gzip, podman.Chunked} { // of which the first is converted
		t.Run(string(compression), func(t *testing.T) {
			t.Parallel()
			img := podman.Image{Compression: compression}
			for _, c := range cases {
				img.Layers = append(img.Layers, podman.Layer(append(c.layer, layertest.File("name", string(compression)))...))
			}
			ref := pushImage(t, img)
			judge := podman.New(t, podman.Plain)
			stock := podman.NewStore(t).Podman(t, podman.Plain, podman.Options{Pull: podman.Convert})
			judge.Run("pull", "-q", ref)
			stock.Run("pull", "-q", ref)
			for i, id := range img.DiffIDs() {
				want := unpacked(t, judge, chunkedLayers(t, judge)[id].ID)
				got := unpacked(t, stock, chunkedLayers(t, stock)[id].ID)
				var found []string
				for d := range tree.Diff(want, got) {
					e, _ := want.Lookup(d.Path)
					now := d.What == "mtime" && e.Inode.MtimeSec != podman.Time.Unix() // of an implied directory
					if d.Path != "/" && d.What != "nlink" && !now {
						found = append(found, d.Path+" "+d.What)
					}
				}
				slices.Sort(found)
				slices.Sort(cases[i].want)
				if !slices.Equal(found, cases[i].want) {
					t.Errorf("layer %d: differences %q, want %q", i+1, found, cases[i].want)
				}
			}
		})
	}
}
