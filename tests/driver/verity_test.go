//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// What fs-verity itself does is tried where the kernel has it: "make test-vm".

// flip changes a bit in the middle of a file, whose times stay.
func flip(t testing.TB, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	content, err := os.ReadFile(path)
	must(t, err)
	content[len(content)/2] ^= 1
	must(t, errors.Join(os.WriteFile(path, content, 0o600), os.Chtimes(path, info.ModTime(), info.ModTime())))
}

// once mounts the layer and unmounts it.
func (s *store) once(t testing.TB) {
	t.Helper()
	_, err := s.Get("layer", graphdriver.MountOpts{Options: []string{"ro"}})
	must(t, err)
	s.put(t, "layer")
}

// merged makes a layer, mounts it once, and returns the path of its merged image.
func (s *store) merged(t testing.TB) string {
	t.Helper()
	content := strings.Repeat("content ", 1000)
	s.layer(t, "layer", "", layertest.Tar(layertest.File("file", content), layertest.File("text", "inline")))
	s.once(t)
	return filepath.Join(s.home(), "layer/composefs-data/merged.blob")
}

// TestDamagedImage mounts an image that was damaged on the disk: that is seen before the
// first mount, unless verity is off.
func TestDamagedImage(t *testing.T) {
	for verity, refused := range map[string]bool{"": true, "try": true, "off": false} {
		t.Run("verity "+verity, func(t *testing.T) {
			s := newStore(t, kind{verity: verity})
			image := s.merged(t)
			flip(t, image)
			_, err := s.Get("layer", graphdriver.MountOpts{Options: []string{"ro"}})
			switch {
			case !refused:
				must(t, err)
				s.put(t, "layer")
			case err == nil || !strings.Contains(err.Error(), image) || !strings.Contains(err.Error(), "digest"):
				t.Errorf("Get: %v", err)
			}
			report(t, "mounted", s.mounts(t))
			flip(t, image)
			s.once(t)
		})
	}
}

// TestReplacedImage mounts an image that somebody has put in the place of the right one.
func TestReplacedImage(t *testing.T) {
	s := newStore(t, kind{})
	image := s.merged(t)
	content, err := os.ReadFile(image)
	must(t, err)
	must(t, errors.Join(os.Remove(image), os.WriteFile(image, content, 0o600))) // as copying a store does
	s.once(t)
	flip(t, image)
	if _, err := s.Get("layer", graphdriver.MountOpts{Options: []string{"ro"}}); err == nil || !strings.Contains(err.Error(), "is damaged: the pool has no image of its fs-verity digest") {
		t.Errorf("Get: %v", err)
	}
	must(t, os.Remove(image)) // then it is merged again
	s.once(t)
}

// TestRequireCannot has a file system without fs-verity: the driver does not start, and
// has the reason.
func TestRequireCannot(t *testing.T) {
	d := newDirs(t)
	mounted.Tmpfs(t, d.root(), "")
	_, err := d.tryOpen(t, kind{verity: "require"})
	if err == nil || !strings.Contains(err.Error(), `composefs.conf has verity = "require"`) || !strings.Contains(err.Error(), d.root()+": fs-verity not supported") {
		t.Errorf("Init: %v", err)
	}
}
