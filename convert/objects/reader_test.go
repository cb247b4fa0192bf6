package objects_test

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestReadOnly reads a pool on a file system that has been mounted read-only since.
func TestReadOnly(t *testing.T) {
	root := mountTmpfs(t, "size=1m")
	dir := filepath.Join(root, "pool")
	p, err := objects.Open(dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := beginStaged(t, p)
	d, image := add(t, b, "content"), addImage(t, b, "image")
	linkImage(t, b, image, filepath.Join(root, "merged.blob"))
	if err := errors.Join(b.Commit(), b.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", root, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	r, err := objects.OpenReadOnly(dir)
	if err != nil {
		t.Fatal(err)
	}
	object, err := r.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := r.OpenImage(image)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(io.MultiReader(object, merged))
	if err = errors.Join(err, object.Close(), merged.Close()); err != nil || string(content) != "contentimage" {
		t.Errorf("%q, %v", content, err)
	}
	walked := map[verity.Digest]objects.Info{}
	note := func(d verity.Digest, info objects.Info) error { walked[d] = info; return nil }
	damaged := func(_ verity.Digest, err error) { t.Error(err) }
	if err := errors.Join(r.Walk(t.Context(), note), r.WalkImages(t.Context(), note), r.Verify(t.Context(), damaged)); err != nil {
		t.Error(err)
	}
	if len(walked) != 2 || walked[d].Links != 1 || walked[image].Links != 2 {
		t.Errorf("the pool has %v", walked)
	}
	if noted, err := r.GarbageNoted(); noted || err != nil {
		t.Errorf("garbage noted: %v, %v", noted, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestReadOnlyMissing opens a missing pool for reading, which must not make one.
func TestReadOnlyMissing(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		if _, err := objects.OpenReadOnly(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("OpenReadOnly: %v, want %v", err, fs.ErrNotExist)
		}
		checkNothing(t, filepath.Dir(dir))
	}
}
