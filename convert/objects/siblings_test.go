package objects_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// inode returns the inode number of an object of a layer.
func inode(t *testing.T, layer string, d verity.Digest) uint64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(filepath.Join(layer, objects.Path(d)), &st); err != nil {
		t.Fatal(err)
	}
	return st.Ino
}

// TestSiblings has two staged layers add the same contents. The second one must link the objects of
// the first one, and keep them however the first one ends.
func TestSiblings(t *testing.T) {
	long := strings.Repeat("long", 100_000)
	for _, c := range []struct {
		name          string
		commit, after bool // the first one, after the second one
	}{{"first commits", true, false}, {"first commits later", true, true}, {"first ends", false, false}, {"first ends later", false, true}} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t)
			q, err := objects.Open(filepath.Dir(p.ImagesDir()), objects.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = q.Close() })
			first, second := beginStaged(t, p), beginStaged(t, q)
			contents := []string{"content", long}
			var digests []verity.Digest
			for _, content := range contents {
				d, err := first.AddFrom(strings.NewReader(content), int64(len(content)))
				if err != nil {
					t.Fatal(err)
				}
				if again, err := second.AddFrom(strings.NewReader(content), int64(len(content))); err != nil || again != d {
					t.Fatalf("%s, %v", again, err)
				}
				if a, b := inode(t, first.Staged(), d), inode(t, second.Staged(), d); a != b {
					t.Errorf("written twice, as inodes %d and %d", a, b)
				}
				digests = append(digests, d)
			}
			end := func() {
				if c.commit {
					if err := first.Commit(); err != nil {
						t.Error(err)
					}
				}
				if err := first.Close(); err != nil {
					t.Error(err)
				}
			}
			if !c.after {
				end()
			}
			if err := second.Commit(); err != nil {
				t.Error(err)
			}
			if c.after {
				end()
			}
			for i, d := range digests {
				checkContent(t, second.Staged(), d, contents[i])
				if links := names(t, p)[d].Links; links != 2 {
					t.Errorf("%d links, want that of the pool and that of the second layer", links)
				}
			}
			if err := second.Close(); err != nil {
				t.Error(err)
			}
			if n := objects.Offered(); n != 0 {
				t.Errorf("%d objects are still offered", n)
			}
		})
	}
}

// TestNoSiblings checks that a layer that has its place takes no object that is not durable, and
// that no layer takes an object of another pool or of the wrong length.
func TestNoSiblings(t *testing.T) {
	p := open(t)
	first := beginStaged(t, p)
	d := add(t, first, "content")
	placed := layer(t, p, func(b *objects.Batch) { add(t, b, "content") })
	if inode(t, first.Staged(), d) == inode(t, placed, d) {
		t.Error("a layer that has its place has taken an object that is not durable")
	}
	other := open(t)
	second := beginStaged(t, other)
	add(t, second, "content")
	if inode(t, first.Staged(), d) == inode(t, second.Staged(), d) {
		t.Error("a link across pools")
	}
	third := beginStaged(t, p)
	d = add(t, third, "damaged")
	if err := os.Truncate(filepath.Join(third.Staged(), objects.Path(d)), 3); err != nil {
		t.Fatal(err)
	}
	fourth := beginStaged(t, p)
	add(t, fourth, "damaged")
	checkContent(t, fourth.Staged(), d, "damaged")
}

// TestSiblingsTogether has many layers add the same contents at once.
func TestSiblingsTogether(t *testing.T) {
	p := open(t)
	var all sync.WaitGroup
	for range 6 {
		b := beginStaged(t, p)
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 300 {
				content := bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 1+i)
				if _, err := b.AddFrom(bytes.NewReader(content), int64(len(content))); err != nil {
					t.Error(err)
				}
			}
			if err := b.Commit(); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	found := names(t, p)
	if len(found) != 300 {
		t.Errorf("%d objects, want 300", len(found))
	}
	for d, info := range found {
		if info.Links != 7 {
			t.Errorf("object %s has %d links, want one of the pool and six of layers", d, info.Links)
		}
		f, err := p.Open(d)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		if err != nil || verity.Sum(content) != d {
			t.Errorf("object %s: %v, or another content", d, err)
		}
		_ = f.Close()
	}
}

// TestWriteback checks that a disk failure during writeback fails the commit: Linux reports it
// once.
func TestWriteback(t *testing.T) {
	t.Cleanup(objects.SetWritebackStep(1))
	p := open(t)
	var mu sync.Mutex
	syncs := 0
	p.SetFault(func(step string) error {
		mu.Lock()
		defer mu.Unlock()
		if step == "syncfs" {
			if syncs++; syncs == 1 {
				return unix.EIO
			}
		}
		return nil
	})
	b := beginStaged(t, p)
	add(t, b, "content")
	if err := b.Commit(); err == nil || !strings.Contains(err.Error(), unix.EIO.Error()) {
		t.Errorf("commit: %v, want %v", err, unix.EIO)
	}
	if found := names(t, p); len(found) > 0 {
		t.Errorf("the pool has got %v", found)
	}
}
