package driver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// TestWritableLayer mounts the layers of images read-write, as the command containers-storage
// does. Each becomes plain: it shows what it did, takes changes, and has no objects any more.
func TestWritableLayer(t *testing.T) {
	ours, theirs := newStore(t, kind{}), newStore(t, kind{stock: true})
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		names := ours.image(t, img)
		theirs.image(t, img)
		top := len(names) - 1
		if top > 0 {
			if _, err := ours.Get(names[0], graphdriver.MountOpts{}); err == nil || !strings.Contains(err.Error(), "is built on it") {
				t.Errorf("a layer with others above: %v", err)
			}
		}
		for _, s := range []*store{ours, theirs} {
			name := filepath.Join(s.get(t, names[top]), "new")
			must(t, os.WriteFile(name, []byte("written"), 0o600))
			must(t, os.Chtimes(name, time.Unix(9, 0), time.Unix(9, 0)))
			s.put(t, names[top])
		}
		if _, err := os.Lstat(filepath.Join(ours.home(), names[top], "composefs-data")); err == nil {
			t.Error("the layer is composefs")
		}
		report(t, "unpacked", mounted.Compare(ours.read(t, names[top], "ro"), theirs.read(t, names[top], "ro"), allow(img.ImpliedIn[top])))
		ours.remove(t, names...)
		theirs.remove(t, names...)
		report(t, "left in the pool", ours.objects(t))
	})
}
