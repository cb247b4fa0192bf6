//go:build linux

package driver_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// TestWritableLayer mounts layers of images read-write, as the command containers-storage does: the top
// one and then the bottom one. They become plain, keep their files and accept changes, which the layers
// above show. They have no objects afterwards.
func TestWritableLayer(t *testing.T) {
	ours, theirs := newStore(t, kind{}), newStore(t, kind{stock: true})
	both := &mixed{on: ours, off: ours, theirs: theirs, r: rand.New(rand.NewPCG(*seed, 4))}
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		names := ours.image(t, img)
		theirs.image(t, img)
		compare := func(what string) {
			for i, id := range names {
				both.compare(t, what+": "+id, id, allow(img.ImpliedIn[i]), "ro")
			}
		}
		for _, id := range []string{names[len(names)-1], names[0]} {
			compare("before")
			for _, s := range []*store{ours, theirs} {
				name := filepath.Join(s.get(t, id), "new in "+id)
				must(t, os.WriteFile(name, []byte("written"), 0o600))
				must(t, os.Chtimes(name, time.Unix(9, 0), time.Unix(9, 0)))
				s.put(t, id)
			}
			if _, err := os.Lstat(filepath.Join(ours.home(), id, "composefs-data")); err == nil {
				t.Errorf("layer %s is composefs", id)
			}
			compare("after writing into " + id)
		}
		ours.remove(t, names...)
		theirs.remove(t, names...)
		report(t, "left in the pool", ours.objects(t))
	})
	if both.hidden > both.shown/2 {
		t.Errorf("%d mounts could be shown, %d not", both.shown, both.hidden)
	}
}

// TestWritableLayerInUse checks that a layer stays as it is while one above is mounted.
func TestWritableLayerInUse(t *testing.T) {
	p := newImage(t)
	dir, err := p.ours.Get("top", graphdriver.MountOpts{Options: []string{"ro"}})
	must(t, err)
	defer p.ours.put(t, "top")
	if _, err := p.ours.Get("base", graphdriver.MountOpts{}); err == nil || !strings.Contains(err.Error(), "it is in use: layer top is mounted") {
		t.Errorf("a layer below one that is mounted: %v", err)
	}
	if _, err := os.Stat(filepath.Join(p.ours.home(), "base", "composefs-data", "composefs.blob")); err != nil {
		t.Error(err)
	}
	if _, err := mounted.Read(dir, mounted.Options{SkipGhosts: true}); err != nil {
		t.Error(err)
	}
}
