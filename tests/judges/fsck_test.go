package judges_test

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// fsckCannot are images on which fsck.erofs 1.5 itself fails.
var fsckCannot = map[string]string{
	"ext-size-max": "never ends on a file of 2^64-1 bytes",
	"hl-to-root":   "follows a directory that contains itself",
}

// TestFsck has fsck.erofs look at every image.
func TestFsck(t *testing.T) {
	fsck := needs.Program(t, "fsck.erofs", "erofs-utils")
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			if why, ok := fsckCannot[s.name]; ok {
				t.Logf("not judged by fsck.erofs, which %s", why)
				return
			}
			if out, err := runFsck(t, fsck, s.file(t)); err != nil {
				t.Errorf("fsck.erofs: %v\n%s", err, out)
			}
		})
	}
	t.Run("a damaged image is refused", func(t *testing.T) {
		s := subjects(t)[0]
		damaged := append([]byte(nil), s.image...)
		clear(damaged[len(damaged)-4096:]) // the root directory
		s.image = damaged
		if out, err := runFsck(t, fsck, s.file(t)); err == nil {
			t.Errorf("fsck.erofs is content with it, so it says nothing of the others: %s", out)
		}
	})
}

func runFsck(t *testing.T, fsck, image string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return exec.CommandContext(ctx, fsck, image).CombinedOutput()
}
