package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFaults makes every use of every step fail in turn.
func TestFaults(t *testing.T) {
	for _, step := range objects.Steps() {
		for _, errno := range []unix.Errno{unix.ENOSPC, unix.EDQUOT, unix.EROFS, unix.EIO} {
			t.Run(step+" "+errno.Error(), func(t *testing.T) {
				use := 0
				for fails(t, step, errno, use) {
					use++
				}
				if use == 0 {
					t.Error("nothing asks for this step")
				}
			})
		}
	}
}

// fails makes a layer with that use of a step failing and reports whether the step was reached. If
// so, the layer's error must wrap the injected error only and name it once. The pool must have
// nothing of the layer, or after Commit complete objects that Collect removes. Nothing else may be
// left, and another try must succeed.
func fails(t *testing.T, step string, errno unix.Errno, use int) (reached bool) {
	p, dst := open(t), filepath.Join(t.TempDir(), "placed")
	p.SetSealing(objects.SealRequire)
	p.SetVerity(&emulated{})
	var d verity.Digest
	known := layer(t, p, func(b *objects.Batch) { d = add(t, b, "known") })
	full := false // whether the pool's objects can take no more links
	left := use
	p.SetFault(func(s string) error {
		if s == step {
			if left--; left == -1 {
				reached = true
				return errno
			}
		}
		if (s == "link" || s == "image" || s == "name") && full {
			return unix.EMLINK
		}
		return nil
	})
	committing, err := allSteps(t, p, dst, &full)
	if reached != (firstError(err) == errno) || !reached && err != nil { //nolint:errorlint // errno itself
		t.Errorf("use %d: %v, want %v: %v", use, err, errno, reached)
	}
	p.SetFault(nil)
	if !reached {
		return false
	}
	if err != nil && (strings.Count(err.Error(), errno.Error()) != 1 || err.Error() == errno.Error()) {
		t.Errorf("use %d: error %q", use, err)
	}
	checkNothing(t, filepath.Dir(dst))
	checkContent(t, known, d, "known")
	images(t, p)
	if got := names(t, p); !committing && (len(got) != 1 || got[d].Links != 2) {
		t.Errorf("use %d: the pool has %v", use, got)
	}
	for other, info := range names(t, p) {
		// A copy may have replaced d. The caller releases committed objects.
		if step != "place" && other != d && info.Links == 1 {
			t.Errorf("use %d: the pool keeps %s, which no layer has", use, other)
		}
	}
	checkSound(t, p)
	_, err = p.Collect(t.Context(), false)
	got := names(t, p)
	delete(got, d) // if the layer's copy had taken its place it is garbage too
	if err != nil || len(got)+len(images(t, p)) > 0 {
		t.Errorf("use %d: after Collect (%v) the pool has %v, %v", use, err, got, images(t, p))
	}
	full = false
	layer(t, p, func(b *objects.Batch) { add(t, b, "known") })
	if _, err := allSteps(t, p, dst, &full); err != nil {
		t.Errorf("use %d: another try: %v", use, err)
	}
	checkWhole(t, dst)
	checkSound(t, p)
	return true
}

// firstError unwraps an error as podman does to decide whether to try a pull again: it does not
// look into joined errors.
func firstError(err error) error {
	for next := err; next != nil; next = errors.Unwrap(next) {
		err = next
	}
	return err
}

// allSteps makes a layer by all methods until one fails. committing reports that it reached Commit.
func allSteps(t *testing.T, p *objects.Pool, dst string, full *bool) (committing bool, err error) {
	b, err := p.BeginStaged()
	if err != nil {
		return false, err
	}
	defer func() {
		checkWhole(t, b.Staged())
		checkNoTemporaries(t, p.ImagesDir())
		err = files.WithCleanup(err, b.Close())
	}()
	large := strings.Repeat("large", 50_000)
	for _, content := range []string{"known", "new", large, large + strings.Repeat("\x00", 10_000)} {
		if _, err := b.AddFrom(strings.NewReader(content), int64(len(content))); err != nil {
			return false, err
		}
	}
	if err := os.WriteFile(filepath.Join(b.Staged(), "payload"), []byte("adopted"), 0o600); err != nil {
		return false, err
	}
	d, _, err := b.Adopt("payload", 7)
	if err != nil {
		return false, err
	}
	if err := b.Name(d, 7, "ab/name"); err != nil {
		return false, err
	}
	// Last because the layer has the name already: remove it to link it again.
	d, err = b.Add([]byte("known"))
	if err != nil {
		return false, err
	}
	if err := os.Remove(filepath.Join(b.Staged(), objects.Path(d))); err != nil {
		return false, err
	}
	*full = true
	if err := b.Link(d, 5); err != nil {
		return false, err
	}
	if err := b.Name(d, 5, "ab/copy"); err != nil {
		return false, err
	}
	image, err := b.AddImage(writing("image"))
	if err != nil {
		return false, err
	}
	if _, err := b.SealImage(image); err != nil {
		return false, err
	}
	if err := b.LinkImage(image, filepath.Join(b.Staged(), "merged.blob")); err != nil {
		return false, err
	}
	if err := b.Commit(); err != nil {
		return true, err
	}
	return true, b.Place(dst)
}

// checkWhole checks that a failure has left nothing but complete objects in a layer's directory.
func checkWhole(t *testing.T, dir string) {
	t.Helper()
	if dir == "" {
		return
	}
	checkNoTemporaries(t, dir)
	objects, err := filepath.Glob(filepath.Join(dir, "??", strings.Repeat("?", 62))) // a form that only objects have
	if err != nil {
		t.Error(err)
	}
	for _, path := range objects {
		content, err := os.ReadFile(path)
		want := filepath.Base(filepath.Dir(path)) + filepath.Base(path)
		if got := verity.Sum(content).String(); err != nil || got != want {
			t.Errorf("%s has digest %s, %v", path, got, err)
		}
	}
}

// TestFailedWrite checks that Commit fails after a failed write: another goroutine may have found
// the object in the layer.
func TestFailedWrite(t *testing.T) {
	p := open(t)
	b := beginStaged(t, p)
	p.SetFault(func(step string) error {
		if step != "write" {
			return nil
		}
		p.SetFault(nil)
		// The other goroutine.
		if _, err := b.Add([]byte("content")); err != nil {
			t.Error(err)
		}
		return unix.EIO
	})
	if _, err := b.Add([]byte("content")); !errors.Is(err, unix.EIO) {
		t.Errorf("Add: %v, want %v", err, unix.EIO)
	}
	if err := b.Commit(); !errors.Is(err, unix.EIO) || len(names(t, p)) > 0 {
		t.Errorf("Commit: %v, want %v; the pool has %v", err, unix.EIO, names(t, p))
	}
}

// TestFullDisk fills file systems that have too little room for a layer, for data and for names.
// The error must wrap ENOSPC, nothing may be left, and a smaller layer must succeed afterwards.
func TestFullDisk(t *testing.T) {
	large := strings.Repeat("content", 20_000)
	for name, options := range map[string]string{"bytes": "size=1m", "names": "nr_inodes=60"} {
		t.Run(name, func(t *testing.T) {
			p, err := objects.Open(filepath.Join(mountTmpfs(t, options), "pool"), objects.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			// tmpfs counts the links in the pool too: at some number of contents Commit fails
			// instead of Add.
			failed := map[string]int{}
			for n := 1; failed["add"] < 3; n++ {
				b := beginStaged(t, p)
				stage, err := fill(b, n, large)
				checkWhole(t, b.Staged())
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				if err != nil {
					failed[stage]++
					if !errors.Is(err, unix.ENOSPC) {
						t.Errorf("%s: %v, want %v", stage, err, unix.ENOSPC)
					}
				}
				if got := names(t, p); err != nil && len(got) > 0 {
					t.Errorf("with %d contents the pool has %v", n, got)
				}
				checkSound(t, p)
				if _, err := p.Collect(t.Context(), false); err != nil || len(names(t, p)) > 0 {
					t.Errorf("after Collect (%v) the pool has %v", err, names(t, p))
				}
			}
			if name == "names" && failed["commit"] == 0 {
				t.Error("Commit never failed")
			}
		})
	}
}

// fill adds n contents, every other of them large, and commits them.
func fill(b *objects.Batch, n int, large string) (stage string, err error) {
	for i := range n {
		content := string(rune('a'+i)) + strings.Repeat("small", 1000)
		if i%2 == 0 {
			content += large
		}
		if _, err := b.AddFrom(strings.NewReader(content), int64(len(content))); err != nil {
			return "add", err
		}
	}
	return "commit", b.Commit()
}

// mountTmpfs mounts a small file system for the test.
func mountTmpfs(t *testing.T, options string) string {
	t.Helper()
	needs.Root(t)
	dir := t.TempDir()
	mounted.Tmpfs(t, dir, options)
	return dir
}
