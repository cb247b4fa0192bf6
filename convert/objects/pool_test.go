package objects_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func open(t *testing.T) *objects.Pool {
	t.Helper()
	p, err := objects.Open(filepath.Join(t.TempDir(), "pool"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// layer runs fn on a batch for a new layer, commits it and returns the layer's
// directory.
func layer(t *testing.T, p *objects.Pool, fn func(b *objects.Batch)) string {
	t.Helper()
	dir := t.TempDir()
	b, err := p.Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	fn(b)
	if err := errors.Join(b.Commit(), b.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func add(t *testing.T, b *objects.Batch, content string) verity.Digest {
	t.Helper()
	d, err := b.Add([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// names returns the objects of the pool.
func names(t *testing.T, p *objects.Pool) map[verity.Digest]objects.Info {
	t.Helper()
	all := map[verity.Digest]objects.Info{}
	if err := p.Walk(t.Context(), func(d verity.Digest, info objects.Info) error {
		all[d] = info
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func checkContent(t *testing.T, dir string, d verity.Digest, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, objects.Path(d)))
	if err != nil || string(got) != want {
		t.Errorf("object %s: %d bytes, %v, want %d", d, len(got), err, len(want))
	}
}

func TestAdd(t *testing.T) {
	p := open(t)
	var d, e verity.Digest
	one := layer(t, p, func(b *objects.Batch) {
		d = add(t, b, "first")
		e = add(t, b, "second")
		if again := add(t, b, "first"); again != d || d != verity.Sum([]byte("first")) {
			t.Errorf("digests %s and %s", d, again)
		}
		if got := b.Stats(); got != (objects.Stats{Files: 3, Objects: 2, New: 2, Bytes: 16, Stored: 11}) || got.Saved() != 5 {
			t.Errorf("%+v saves %d", got, got.Saved())
		}
	})
	two := layer(t, p, func(b *objects.Batch) {
		add(t, b, "second")
		if got := b.Stats(); got.New != 0 || got.Objects != 1 || got.Saved() != 6 {
			t.Errorf("%+v saves %d", got, got.Saved())
		}
	})
	checkContent(t, one, d, "first")
	checkContent(t, two, e, "second")
	got := names(t, p)
	if len(got) != 2 || got[d] != (objects.Info{Size: 5, Links: 2}) || got[e] != (objects.Info{Size: 6, Links: 3}) {
		t.Errorf("pool: %v", got)
	}
	f, err := p.Open(e)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	if content, err := io.ReadAll(f); err != nil || string(content) != "second" {
		t.Errorf("Open: %q, %v", content, err)
	}
	if info, err := f.Stat(); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	missing := verity.Sum([]byte("missing"))
	if _, err := p.Open(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing object: %v", err)
	}
	if _, err := p.Stat(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat of a missing object: %v", err)
	}
}

// TestAddFrom streams lengths around the size of the buffer.
func TestAddFrom(t *testing.T) {
	p := open(t)
	for _, size := range []int{1, 128<<10 - 1, 128 << 10, 128<<10 + 1, 300_000} {
		content := strings.Repeat("x", size)
		for range 2 { // new, then known
			var d verity.Digest
			dir := layer(t, p, func(b *objects.Batch) {
				for _, r := range []io.Reader{ // also twice in the layer
					iotest.HalfReader(strings.NewReader(content)),
					strings.NewReader(content), // an io.WriterTo
				} {
					var err error
					d, err = b.AddFrom(r, int64(size))
					if err != nil || d != verity.Sum([]byte(content)) {
						t.Fatalf("AddFrom %d bytes: %s, %v", size, d, err)
					}
				}
			})
			checkContent(t, dir, d, content)
			checkNoTemporaries(t, dir)
		}
	}
}

// TestAddFromFails gives AddFrom readers that fail or have another length than announced, shorter
// and longer than the buffer.
func TestAddFromFails(t *testing.T) {
	p, dir := open(t), t.TempDir()
	b, err := p.Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // nothing to commit
	plain := func(n int) io.Reader { return iotest.HalfReader(strings.NewReader(strings.Repeat("x", n))) }
	drives := func(n int) io.Reader { return strings.NewReader(strings.Repeat("x", n)) }
	if _, err := b.AddFrom(plain(0), 0); !errors.Is(err, objects.ErrEmpty) {
		t.Errorf("an empty content: %v", err)
	}
	if _, err := b.AddFrom(plain(0), -1); err == nil {
		t.Error("a size of -1: no error")
	}
	for _, size := range []int{0, 1, 128 << 10, 128<<10 + 1, 300_000} {
		for name, reader := range map[string]func(int) io.Reader{"plain": plain, "driving": drives} {
			if _, err := b.AddFrom(reader(size+1), int64(size)); err == nil || !strings.Contains(err.Error(), "more than") {
				t.Errorf("%s, a byte more than %d: %v", name, size, err)
			}
			if size > 0 {
				if _, err := b.AddFrom(reader(size-1), int64(size)); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s, a byte less than %d: %v", name, size, err)
				}
			}
			for _, end := range []int{size / 2, size} { // at the end too, which AddFrom cannot recognise
				r := io.MultiReader(reader(end), iotest.ErrReader(errBroken))
				if _, err := b.AddFrom(r, int64(size)); !errors.Is(err, errBroken) {
					t.Errorf("%s, broken after %d bytes of %d: %v", name, end, size, err)
				}
			}
		}
	}
	checkNothing(t, dir)
	if err := b.Commit(); err != nil || len(names(t, p)) > 0 {
		t.Errorf("Commit after all: %v, the pool has %v", err, names(t, p))
	}
}

// TestSparse checks that blocks of zeros take no space, wherever the writes of a stream begin and
// end, and that the content is right.
func TestSparse(t *testing.T) {
	p := open(t)
	content := make([]byte, 8<<20+5)
	copy(content[2<<20+100:], "alone")
	copy(content[4<<20-3:], "across a boundary")
	for name, size := range map[string]int{"ends in data": 4<<20 + 6, "ends in a hole": 8<<20 + 5, "nothing but zeros": 2 << 20} {
		for _, step := range []int{1, 1000, 4096, 5000, 300_000, 8 << 20} {
			t.Run(fmt.Sprintf("%s, writes of %d bytes", name, step), func(t *testing.T) {
				var d verity.Digest
				dir := layer(t, p, func(b *objects.Batch) {
					var err error
					if d, err = b.AddFrom(driving{content[:size], step}, int64(size)); err != nil {
						t.Fatal(err)
					}
				})
				checkContent(t, dir, d, string(content[:size]))
				if d != verity.Sum(content[:size]) {
					t.Error("the digest is not that of the content")
				}
				var st unix.Stat_t
				if err := unix.Stat(filepath.Join(dir, objects.Path(d)), &st); err != nil || st.Blocks*512 > 64<<10 {
					t.Errorf("%d bytes on disk, %v", st.Blocks*512, err)
				}
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
				if _, err := p.Collect(t.Context(), false); err != nil { // so that the next one writes it again
					t.Fatal(err)
				}
			})
		}
	}
}

// driving is an io.WriterTo that writes a fixed number of bytes at a time.
type driving struct {
	content []byte
	step    int
}

func (s driving) Read([]byte) (int, error) { return 0, errors.New("read, though it can drive") }

func (s driving) WriteTo(w io.Writer) (written int64, err error) {
	for piece := range slices.Chunk(s.content, s.step) {
		n, err := w.Write(piece)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

var errBroken = errors.New("broken")

// checkNothing checks that no file is below dir.
func checkNothing(t *testing.T, dir string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			t.Errorf("left behind: %s", path)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func checkNoTemporaries(t *testing.T, dir string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(dir, ".tmp*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestLink(t *testing.T) {
	p := open(t)
	var d verity.Digest
	layer(t, p, func(b *objects.Batch) { d = add(t, b, "known") })
	dir := layer(t, p, func(b *objects.Batch) {
		if err := b.Link(d, 5); err != nil {
			t.Error(err)
		}
		if err := b.Link(verity.Sum([]byte("unknown")), 7); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Link of a missing object: %v", err)
		}
		if err := b.Link(d, 6); err != nil { // the layer has it: its size was checked before
			t.Error(err)
		}
	})
	checkContent(t, dir, d, "known")
	layer(t, p, func(b *objects.Batch) {
		if err := b.Link(d, 6); !errors.Is(err, objects.ErrDamaged) {
			t.Errorf("Link with another size: %v", err)
		}
	})
}

// TestNotCommitted checks that the pool has nothing before Commit, and nothing without it.
func TestNotCommitted(t *testing.T) {
	p := open(t)
	b, err := p.Begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	add(t, b, "x")
	if got := names(t, p); len(got) > 0 {
		t.Errorf("before Commit the pool has %v", got)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, p); len(got) > 0 {
		t.Errorf("without Commit the pool has %v", got)
	}
}

func checkSound(t *testing.T, p *objects.Pool) {
	t.Helper()
	if err := p.Verify(t.Context(), func(_ verity.Digest, err error) { t.Error(err) }); err != nil {
		t.Error(err)
	}
}

// TestTooManyLinks checks that an object that can take no more links gets a new inode, in the layer
// and in the pool.
func TestTooManyLinks(t *testing.T) {
	p := open(t)
	var d verity.Digest
	first := layer(t, p, func(b *objects.Batch) { d = add(t, b, "popular") })
	full := func(step string) error {
		if step == "link" {
			return unix.EMLINK
		}
		return nil
	}
	for what, use := range map[string]func(b *objects.Batch) error{
		"Add":  func(b *objects.Batch) error { _, err := b.Add([]byte("popular")); return err },
		"Link": func(b *objects.Batch) error { return b.Link(d, 7) },
	} {
		t.Run(what, func(t *testing.T) {
			dir := layer(t, p, func(b *objects.Batch) {
				p.SetFault(full)
				defer p.SetFault(nil)
				if err := use(b); err != nil {
					t.Fatal(err)
				}
			})
			checkContent(t, dir, d, "popular")
			checkContent(t, first, d, "popular")
			if info, err := p.Stat(d); err != nil || info.Links != 2 {
				t.Errorf("the pool's object has %d links (%v), want 2: its own and the layer's", info.Links, err)
			}
			checkSound(t, p)
		})
	}
}

// TestDamaged checks that an object of the wrong size is replaced and not linked, and that Verify
// finds a changed one.
func TestDamaged(t *testing.T) {
	p := open(t)
	var d, e verity.Digest
	layer(t, p, func(b *objects.Batch) { d, e = add(t, b, "truncated later"), add(t, b, "changed later") })
	damage := func(d verity.Digest, change func(path string) error) {
		f, err := p.Open(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(change(f.Name()), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	damage(d, func(path string) error { return os.Truncate(path, 3) })
	damage(e, func(path string) error { return os.WriteFile(path, []byte("changed Later"), 0o600) })
	var found []verity.Digest
	if err := p.Verify(t.Context(), func(d verity.Digest, err error) {
		if !errors.Is(err, objects.ErrDamaged) {
			t.Error(err)
		}
		found = append(found, d)
	}); err != nil || len(found) != 2 {
		t.Errorf("Verify finds %v, %v", found, err)
	}
	dir := layer(t, p, func(b *objects.Batch) { add(t, b, "truncated later") })
	checkContent(t, dir, d, "truncated later")
	if info, err := p.Stat(d); err != nil || info.Size != 15 {
		t.Errorf("the pool still has %d bytes, %v", info.Size, err)
	}
}

func TestCollect(t *testing.T) {
	p := open(t)
	var kept, gone verity.Digest
	layer(t, p, func(b *objects.Batch) { kept = add(t, b, "kept") })
	dir := layer(t, p, func(b *objects.Batch) { gone = add(t, b, "gone") })
	f, err := p.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	leftover := filepath.Join(filepath.Dir(f.Name()), ".tmp-of-a-crash")
	if err := errors.Join(f.Close(), os.WriteFile(leftover, []byte("x"), 0o600), os.RemoveAll(dir)); err != nil {
		t.Fatal(err)
	}
	b, err := p.Begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Collect while a batch is open: %v", err)
	}
	waited := make(chan error)
	go func() {
		_, err := p.Collect(context.Background(), true)
		waited <- err
	}()
	select {
	case err := <-waited:
		t.Errorf("Collect has not waited: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
	got := names(t, p)
	if _, ok := got[gone]; ok || len(got) != 1 || got[kept].Links != 2 {
		t.Errorf("after Collect: %v", got)
	}
	if _, err := os.Lstat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a leftover of a crash still exists: %v", err)
	}
	layer(t, p, func(b *objects.Batch) { add(t, b, "gone") })
	if got := names(t, p)[gone]; got.Links != 2 {
		t.Errorf("added again: %v", got)
	}
}

func TestRemove(t *testing.T) {
	p := open(t)
	var d verity.Digest
	dir := layer(t, p, func(b *objects.Batch) { d = add(t, b, "content") })
	if err := p.Remove(d); !errors.Is(err, objects.ErrLinked) {
		t.Errorf("Remove of an object that a layer has: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	b, err := p.Begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(d); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Remove while a batch is open: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Remove(d); err != nil {
		t.Error(err)
	}
	if err := p.Remove(d); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove of a removed object: %v", err)
	}
	if got := names(t, p); len(got) > 0 {
		t.Errorf("the pool has %v", got)
	}
}

// TestConcurrent adds the same contents to several layers at once while objects are collected.
// Every layer must have all of its contents.
func TestConcurrent(t *testing.T) {
	p := open(t)
	const layers, files, rounds = 4, 40, 15
	for range rounds {
		var all sync.WaitGroup
		for i := range layers {
			dir := t.TempDir()
			all.Add(1)
			go func() {
				defer all.Done()
				if err := addMany(p, dir, files, i%2 == 0); err != nil {
					t.Error(err)
				}
			}()
		}
		all.Add(1)
		go func() {
			defer all.Done()
			if _, err := p.Collect(context.Background(), true); err != nil {
				t.Error(err)
			}
		}()
		all.Wait()
	}
	checkSound(t, p)
}

// addMany makes a layer with two workers, in dir or staged and placed there, checks it, and removes
// half of it.
func addMany(p *objects.Pool, dir string, files int, staged bool) error {
	begin := func() (*objects.Batch, error) { return p.Begin(dir) }
	if staged {
		begin = p.BeginStaged
	}
	b, err := begin()
	if err != nil {
		return err
	}
	var workers sync.WaitGroup
	errs := make([]error, 2)
	for w := range errs {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range files {
				_, err := b.Add(bytes.Repeat([]byte{byte(i)}, 100+i))
				errs[w] = errors.Join(errs[w], err)
			}
		}()
	}
	workers.Wait()
	err = errors.Join(errors.Join(errs...), b.Commit(), keepImage(b, dir, bytes.Repeat([]byte("image"), 1000)))
	if staged {
		dir = filepath.Join(dir, "placed")
		err = errors.Join(err, b.Place(dir))
	}
	if err = errors.Join(err, b.Close()); err != nil {
		return err
	}
	for i := range files {
		want := bytes.Repeat([]byte{byte(i)}, 100+i)
		path := filepath.Join(dir, objects.Path(verity.Sum(want)))
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			return errors.Join(errors.New("wrong content"), err)
		}
		if i%2 == 0 {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
