//go:build linux

package shared_test

import (
	"os"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// TestDigests acquires a mounted image with another digest. The check for one user does not count for
// another one.
func TestDigests(t *testing.T) {
	w := newWorld(t)
	content, err := os.ReadFile(w.sample.Image)
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := verity.Sum(content), verity.Sum(nil)
	user := w.place(t, "a")
	hash := func(f *os.File) (verity.Digest, error) {
		d, _, err := verity.SHA256.SumFile(f)
		return d, err
	}
	for _, digest := range []*verity.Digest{nil, &right} {
		l, err := w.mounts.Acquire(&mount.Image{Path: w.sample.Image, Digest: digest, Hash: hash}, user)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // unmounts, and the test removes the rest
		if l, err := w.mounts.Acquire(&mount.Image{Path: w.sample.Image, Digest: &wrong, Hash: hash}, user); err == nil {
			_ = l.Close()
			t.Error("a mount counts for a digest that was never compared")
		}
	}
	if err := w.mounts.Release(user); err != nil {
		t.Fatal(err)
	}
}
