//go:build linux

package driver_test

import (
	"fmt"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// ids returns the names of an image's layers.
func ids(img *ociimage.Image) (list []string) {
	for i := range img.Layers {
		list = append(list, fmt.Sprintf("image%d-%d", img.Seed, i))
	}
	return list
}

// image makes the layers of an image, and returns their names.
func (s *store) image(t testing.TB, img *ociimage.Image) []string {
	t.Helper()
	parent, names := "", ids(img)
	for i, l := range img.Layers {
		s.layer(t, names[i], parent, l)
		parent = names[i]
	}
	return names
}

// allow returns the allowed differences from a mount by the stock driver: see
// docs/decisions/007-differences-from-overlay.md.
func allow(implied map[string]bool) mounted.Allow {
	return mounted.Allow{DirTimes: true, Metadata: implied}
}

// TestRandomImages has both drivers apply the layers of images, and compares what each
// layer shows.
func TestRandomImages(t *testing.T) {
	ours, theirs := newStore(t, kind{}), newStore(t, kind{stock: true})
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		names := ours.image(t, img)
		theirs.image(t, img)
		for i, id := range names {
			report(t, id, mounted.Compare(ours.read(t, id, "ro"), theirs.read(t, id, "ro"), allow(img.ImpliedIn[i])))
			report(t, "still mounted", ours.mounts(t))
		}
		ours.remove(t, names...)
		theirs.remove(t, names...)
		report(t, "left in the pool", ours.objects(t))
	})
}
