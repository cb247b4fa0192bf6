package judges_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// fsckCannot are images on which fsck.erofs 1.5 itself fails.
var fsckCannot = map[string]string{
	"ext-size-max": "never ends on a file of 2^64-1 bytes",
	"hl-to-root":   "follows a directory that contains itself",
}

// TestFsck has fsck.erofs look at every image.
func TestFsck(t *testing.T) {
	fsck, err := exec.LookPath("fsck.erofs")
	if err != nil {
		missing(t, "fsck.erofs (Debian: erofs-utils)")
	}
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

// requireRoot ends a test that mounts unless it may.
func requireRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "root")
	}
}

// missing ends a test that lacks something the project's scripts install. In CI
// that is a failure.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing; \"make deps\" installs it", what)
}
