package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// removed removes a layer's directory and returns its digests.
func removed(t *testing.T, dir string) []verity.Digest {
	t.Helper()
	all, err := objects.DigestsIn(t.Context(), dir)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	return all
}

// release releases, and compares the counts of removed files.
func release(t *testing.T, p *objects.Pool, all, images []verity.Digest, want objects.Collected) {
	t.Helper()
	if c, err := p.Release(t.Context(), all, images); err != nil || c != want {
		t.Errorf("Release: %+v, %v, want %+v", c, err, want)
	}
}

func checkNoted(t *testing.T, p *objects.Pool, want bool) {
	t.Helper()
	if got, err := p.GarbageNoted(); err != nil || got != want {
		t.Errorf("garbage noted: %v, %v, want %v", got, err, want)
	}
}

// TestRelease removes one of two layers that share an object.
func TestRelease(t *testing.T) {
	p := open(t)
	var image, shared verity.Digest
	layer(t, p, func(b *objects.Batch) { add(t, b, "kept"); shared = add(t, b, "shared") })
	dir := layer(t, p, func(b *objects.Batch) {
		add(t, b, "gone")
		add(t, b, "shared")
		image = addImage(t, b, "image")
	})
	other := layer(t, p, func(b *objects.Batch) { add(t, b, "of no interest") })
	if err := os.RemoveAll(other); err != nil {
		t.Fatal(err)
	}
	b := beginStaged(t, p)
	addImage(t, b, "image")
	linkImage(t, b, image, filepath.Join(dir, "merged.blob"))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := p.FindImage(t.Context(), filepath.Join(dir, "merged.blob")); err != nil || got != image {
		t.Errorf("FindImage: %s, %v", got, err)
	}
	all, unknown := removed(t, dir), verity.Sum([]byte("unknown"))
	if len(all) != 2 || !slices.Contains(all, shared) {
		t.Errorf("the layer had %v", all)
	}
	all = append(all, all[0], unknown)
	release(t, p, all, []verity.Digest{image, unknown, image}, objects.Collected{Objects: 1, Images: 1, Bytes: 9})
	release(t, p, all, nil, objects.Collected{})
	checkNoted(t, p, false)
	if got := names(t, p); len(got) != 3 || got[shared].Links != 2 || len(images(t, p)) > 0 {
		t.Errorf("the pool has %v, %v", got, images(t, p))
	}
}

// TestFindImage looks for images, and for files that are none.
func TestFindImage(t *testing.T) {
	p, file := open(t), filepath.Join(t.TempDir(), "file")
	b := beginStaged(t, p)
	d := addImage(t, b, "image")
	if err := os.WriteFile(file, []byte("image"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + "x"} {
		if d, err := p.FindImage(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %s, %v", path, d, err)
		}
	}
	other := addImage(t, b, "another image")
	linkImage(t, b, d, file)
	for _, noted := range []string{d.String(), "", other.String(), "no digest"} { // in an xattr, which may be wrong
		err := unix.Setxattr(file, "user.composefs-storage.digest", []byte(noted), 0)
		if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
			t.Fatal(err)
		}
		if got, err := p.FindImage(t.Context(), file); err != nil || got != d {
			t.Errorf("FindImage with %q noted: %s, %v", noted, got, err)
		}
	}
}

// TestDigestsIn has a layer with names of all kinds.
func TestDigestsIn(t *testing.T) {
	d, rest := verity.Sum([]byte("x")), strings.Repeat("0", 62)
	dir := stockLayer(t, map[string]string{
		objects.Path(d): "x", "aa/" + rest: "y", "ab/" + rest[1:]: "short", "zz/" + rest: "no digit", "abc/" + rest[1:]: "long", "file": "",
	})
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "ff"), nil, 0o600), os.Symlink("nowhere", filepath.Join(dir, "fe"))); err != nil {
		t.Fatal(err)
	}
	got, err := objects.DigestsIn(t.Context(), dir)
	if want := []verity.Digest{d, verity.NewDigest("\xaa" + strings.Repeat("\x00", 31))}; err != nil || len(got) != 2 || !slices.Contains(got, want[0]) || !slices.Contains(got, want[1]) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if _, err := objects.DigestsIn(t.Context(), dir+"x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing layer: %v", err)
	}
}

// TestReleaseAdopted removes a layer of stock containers/storage, whose files have two
// names.
func TestReleaseAdopted(t *testing.T) {
	p, files := open(t), map[string]string{"aa/" + strings.Repeat("0", 62): "adopted", "bb/" + strings.Repeat("0", 62): "never"}
	dir := stockLayer(t, files)
	for name := range files {
		if strings.HasPrefix(name, "bb") {
			delete(files, name)
		}
	}
	adoptAll(t, p, dir, files)
	release(t, p, removed(t, dir), nil, objects.Collected{Objects: 1, Bytes: 7})
}

// TestReleaseTwo removes two layers at once: the digests of each are read while the other exists.
func TestReleaseTwo(t *testing.T) {
	p := open(t)
	one := layer(t, p, func(b *objects.Batch) { add(t, b, "shared") })
	two := layer(t, p, func(b *objects.Batch) { add(t, b, "shared") })
	first, err := objects.DigestsIn(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	second := removed(t, two)
	release(t, p, second, nil, objects.Collected{})
	removed(t, one)
	release(t, p, first, nil, objects.Collected{Objects: 1, Bytes: 6})
}

// TestReleaseBusy checks that garbage is noted while the pool is in use, and that the next release
// collects everything.
func TestReleaseBusy(t *testing.T) {
	for _, next := range []string{"Release", "Collect"} {
		p := open(t)
		gone := removed(t, layer(t, p, func(b *objects.Batch) { add(t, b, "gone") }))
		b := beginStaged(t, p)
		for range 2 {
			if c, err := p.Release(t.Context(), gone, nil); !errors.Is(err, objects.ErrBusy) || c != (objects.Collected{}) {
				t.Errorf("Release while a batch is open: %+v, %v", c, err)
			}
			checkNoted(t, p, true)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		want := objects.Collected{Objects: 1, Bytes: 4}
		if next == "Release" {
			release(t, p, nil, nil, want)
		} else if c, err := p.Collect(t.Context(), false); err != nil || c != want {
			t.Errorf("Collect: %+v, %v", c, err)
		}
		checkNoted(t, p, false)
	}
}

// spying is a context that calls fn at the n-th call of Err, and ends if fn returns an error.
type spying struct {
	context.Context
	n  *int
	fn func() error
}

func (s spying) Err() error {
	*s.n--
	if *s.n == 0 {
		return s.fn()
	}
	return nil
}

// TestNotedMeanwhile notes garbage at every instant of a walk. The note must stay, because the walk
// may have passed the garbage.
func TestNotedMeanwhile(t *testing.T) {
	p := open(t)
	dir := layer(t, p, func(b *objects.Batch) { add(t, b, "one"); add(t, b, "two") })
	all := removed(t, dir)
	for _, noted := range []bool{false, true} {
		for n := 1; ; n++ {
			if noted {
				if err := p.NoteGarbage(); err != nil {
					t.Fatal(err)
				}
			}
			left := n
			if _, err := p.Release(spying{t.Context(), &left, p.NoteGarbage}, all, nil); err != nil {
				t.Fatal(err)
			}
			checkNoted(t, p, left <= 0)
			release(t, p, nil, nil, objects.Collected{})
			if left > 0 {
				break
			}
		}
	}
}

// TestReleaseEnds ends a release at every instant. The rest must be noted, and the next release
// must collect it.
func TestReleaseEnds(t *testing.T) {
	ends := 0
	for left := 0; left <= 0; ends++ {
		p := open(t)
		dir := layer(t, p, func(b *objects.Batch) { add(t, b, "one"); add(t, b, "two") })
		b := beginStaged(t, p)
		image := addImage(t, b, "image")
		linkImage(t, b, image, filepath.Join(dir, "merged.blob"))
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		left = ends + 1
		broken := spying{t.Context(), &left, func() error { return errBroken }}
		_, err := p.Release(broken, removed(t, dir), []verity.Digest{image})
		if errors.Is(err, errBroken) != (left <= 0) {
			t.Errorf("Release: %v", err)
		}
		checkNoted(t, p, left <= 0)
		if _, err := p.Release(t.Context(), nil, nil); err != nil || len(names(t, p))+len(images(t, p)) > 0 {
			t.Errorf("%v, the pool has %v, %v", err, names(t, p), images(t, p))
		}
		checkNoted(t, p, false)
	}
	if ends < 4 {
		t.Errorf("only %d instants", ends)
	}
}

// TestReleaseFullDisk releases on a disk that has no room for a note.
func TestReleaseFullDisk(t *testing.T) {
	root := mountTmpfs(t, "nr_inodes=40")
	p, err := objects.Open(filepath.Join(root, "pool"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	b := beginStaged(t, p)
	d := add(t, b, "content")
	if err := errors.Join(b.Commit(), b.Close()); err != nil {
		t.Fatal(err)
	}
	for i := 0; err == nil; i++ {
		err = os.WriteFile(filepath.Join(root, fmt.Sprint(i)), nil, 0o600)
	}
	release(t, p, []verity.Digest{d}, nil, objects.Collected{Objects: 1, Bytes: 7})
	checkNoted(t, p, false)
}

// TestImageNotLinked checks that closing a batch removes an image that was added and not linked,
// unless another batch has linked it.
func TestImageNotLinked(t *testing.T) {
	p, dst := open(t), filepath.Join(t.TempDir(), "dst")
	b := beginStaged(t, p)
	d := addImage(t, b, "linked by another")
	addImage(t, b, "not linked")
	other := beginStaged(t, p)
	linkImage(t, other, d, dst)
	if err := errors.Join(other.Close(), b.Close()); err != nil {
		t.Fatal(err)
	}
	if got := images(t, p); len(got) != 1 || got[d].Links != 2 {
		t.Errorf("the pool has %v", got)
	}
	checkNoted(t, p, false)
}

// TestReleaseConcurrent adds and removes layers at once without a collection. The last release must
// leave nothing, or a note.
func TestReleaseConcurrent(t *testing.T) {
	p, root := open(t), t.TempDir()
	var all sync.WaitGroup
	for i := range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 20 {
				if err := addAndRelease(p, filepath.Join(root, fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	checkReleased(t, p)
}

// addAndRelease makes a layer in dir, removes it and releases its digests.
func addAndRelease(p *objects.Pool, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := addMany(p, dir, 30, false); err != nil {
		return err
	}
	image := verity.Sum(bytes.Repeat([]byte("image"), 1000))
	all, err := objects.DigestsIn(context.Background(), dir)
	for i := range 30 { // addMany has removed some of them
		all = append(all, verity.Sum(bytes.Repeat([]byte{byte(i)}, 100+i)))
	}
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return err
	}
	_, err = p.Release(context.Background(), all, []verity.Digest{image})
	if errors.Is(err, objects.ErrBusy) {
		return nil
	}
	return err
}

// checkReleased checks that a pool without layers is empty, or has a note and is empty after the
// next release.
func checkReleased(t *testing.T, p *objects.Pool) {
	t.Helper()
	noted, err := p.GarbageNoted()
	if err != nil {
		t.Error(err)
	}
	if n := len(names(t, p)) + len(images(t, p)); n > 0 && !noted {
		t.Errorf("%d are left and it was not noted", n)
	}
	if _, err := p.Release(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
	checkNoted(t, p, false)
	if n := len(names(t, p)) + len(images(t, p)); n > 0 {
		t.Errorf("%d are still left", n)
	}
}
