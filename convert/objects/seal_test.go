package objects_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// emulated imitates a kernel with fs-verity, because not every machine's kernel has it; the tests
// with the real one run in "make test-vm". A sealed file has an xattr, which stays with the file if
// its inode number is reused.
type emulated struct {
	mu     sync.Mutex
	refuse []error          // results of the next calls of Enable
	calls  int              // of Enable
	broken map[uint64]error // results of Measure by inode
}

const sealedXattr = "user.emulated-verity"

func inodeOf(f *os.File) uint64 {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		panic(err)
	}
	return st.Ino
}

func (e *emulated) Enable(f *os.File) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls++
	if len(e.refuse) > 0 {
		err := e.refuse[0]
		e.refuse = e.refuse[1:]
		return err
	}
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_ACCMODE != unix.O_RDONLY {
		return unix.ETXTBSY
	}
	h := verity.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, 1<<40)); err != nil {
		return err
	}
	return ignoreExist(unix.Fsetxattr(int(f.Fd()), sealedXattr, h.Sum(nil), unix.XATTR_CREATE))
}

func ignoreExist(err error) error {
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}

func (e *emulated) Measure(f *os.File) (verity.Digest, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.broken[inodeOf(f)]; err != nil {
		return verity.Digest{}, err
	}
	var sum [64]byte
	n, err := unix.Fgetxattr(int(f.Fd()), sealedXattr, sum[:])
	if errors.Is(err, unix.ENODATA) {
		err = verity.ErrNotEnabled
	}
	if err != nil {
		return verity.Digest{}, err
	}
	return verity.NewDigest(sum[:n]), nil
}

// openSealing opens a pool that seals, with an emulated kernel.
func openSealing(t *testing.T) (*objects.Pool, *emulated) {
	p, e := open(t), &emulated{}
	p.SetSealing(objects.SealTry)
	p.SetVerity(e)
	return p, e
}

// measurer measures a file: the emulation, or the kernel.
type measurer interface {
	Measure(f *os.File) (verity.Digest, error)
}

// checkSealed checks that the objects of the pool are sealed, with the right digests.
func checkSealed(t *testing.T, p *objects.Pool, e measurer, want ...verity.Digest) {
	t.Helper()
	expected := map[verity.Digest]bool{}
	for _, d := range want {
		expected[d] = true
	}
	for d := range names(t, p) {
		f, err := p.Open(d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Measure(f)
		_ = f.Close()
		if (err == nil) != expected[d] || err == nil && got != d {
			t.Errorf("object %s: measured %s, %v; sealed: want %v", d, got, err, expected[d])
		}
		delete(expected, d)
	}
	if len(expected) > 0 {
		t.Errorf("the pool lacks %v", expected)
	}
}

// TestSeal adds contents by all methods. All new objects of the pool must be sealed.
func TestSeal(t *testing.T) {
	p, e := openSealing(t)
	long := strings.Repeat("long", 100_000)
	var want []verity.Digest
	layer(t, p, func(b *objects.Batch) {
		want = append(want, add(t, b, "short"))
		d, err := b.AddFrom(strings.NewReader(long), int64(len(long)))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, d)
		checkSealed(t, p, e) // nothing before Commit
	})
	checkSealed(t, p, e, want...)
	calls := e.calls
	layer(t, p, func(b *objects.Batch) { add(t, b, "short") })
	if e.calls != calls {
		t.Error("a sealed object was sealed again")
	}
}

// TestSealSiblings has two layers write the same content at the same time.
func TestSealSiblings(t *testing.T) {
	p, e := openSealing(t)
	first, second := beginStaged(t, p), beginStaged(t, p)
	d := add(t, first, "content")
	add(t, second, "content")
	if err := second.Commit(); err != nil {
		t.Fatal(err)
	}
	checkSealed(t, p, e, d)
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	checkSealed(t, p, e, d)
}

// TestSealKnown adds a content that the pool had before sealing was on.
func TestSealKnown(t *testing.T) {
	p, e := openSealing(t)
	p.SetSealing(objects.SealNever)
	var d, other verity.Digest
	layer(t, p, func(b *objects.Batch) { d, other = add(t, b, "content"), add(t, b, "other") })
	checkSealed(t, p, e)
	p.SetSealing(objects.SealTry)
	layer(t, p, func(b *objects.Batch) { add(t, b, "content") })
	checkSealed(t, p, e, d)
	layer(t, p, func(b *objects.Batch) {
		if err := b.Link(other, 5); err != nil {
			t.Fatal(err)
		}
	})
	checkSealed(t, p, e, d, other)
}

// TestSealDamaged adds a content whose object is damaged but has the right length. The batch must
// write a new one; the layer with the old one keeps it.
func TestSealDamaged(t *testing.T) {
	for _, c := range []struct {
		name   string
		before objects.Sealing
		damage func(t *testing.T, e *emulated, path string)
	}{
		{"not sealed", objects.SealNever, func(t *testing.T, _ *emulated, path string) {
			if err := os.WriteFile(path, []byte("Content"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"sealed so", objects.SealTry, func(t *testing.T, e *emulated, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("Content"), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close() //nolint:errcheck // open for reading
			if err := e.Enable(f); err != nil {
				t.Fatal(err)
			}
		}},
		{"unreadable", objects.SealTry, func(t *testing.T, e *emulated, path string) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close() //nolint:errcheck // open for reading
			e.broken = map[uint64]error{inodeOf(f): unix.EIO}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, e := openSealing(t)
			p.SetSealing(c.before)
			var d verity.Digest
			old := layer(t, p, func(b *objects.Batch) { d = add(t, b, "content") })
			p.SetSealing(objects.SealRequire)
			c.damage(t, e, filepath.Join(filepath.Dir(p.ImagesDir()), "objects", objects.Path(d)))
			fresh := layer(t, p, func(b *objects.Batch) { add(t, b, "content") })
			checkSealed(t, p, e, d)
			checkContent(t, fresh, d, "content")
			if inode(t, old, d) == inode(t, fresh, d) {
				t.Error("the damaged object is in use")
			}
		})
	}
}

// TestSealBusy has other processes keep the kernel from sealing, for a while and for good.
func TestSealBusy(t *testing.T) {
	for _, errno := range []unix.Errno{unix.ETXTBSY, unix.EBUSY} {
		p, e := openSealing(t)
		e.refuse = []error{errno, errno, errno}
		var d verity.Digest
		layer(t, p, func(b *objects.Batch) { d = add(t, b, "content") })
		checkSealed(t, p, e, d)
	}
	defer objects.SetSealPatience(time.Millisecond)()
	p, e := openSealing(t)
	for range 1000 {
		e.refuse = append(e.refuse, unix.ETXTBSY)
	}
	b := beginStaged(t, p)
	d := add(t, b, "content")
	if err := b.Commit(); !errors.Is(err, unix.ETXTBSY) || !strings.Contains(err.Error(), "seal object "+d.String()) {
		t.Errorf("Commit: %v", err)
	}
	if got := names(t, p); len(got) != 0 {
		t.Errorf("the pool has %v", got)
	}
}

// TestSealCannot has a file system without fs-verity: SealTry must try it once, and with
// SealRequire the pool must stay empty.
func TestSealCannot(t *testing.T) {
	for _, cause := range []error{verity.ErrFilesystem, verity.ErrKernel} {
		p, e := openSealing(t)
		for range 1000 {
			e.refuse = append(e.refuse, cause)
		}
		for _, content := range []string{"one", "two"} {
			layer(t, p, func(b *objects.Batch) { add(t, b, content) })
		}
		if e.calls != 1 || p.Seals() || len(names(t, p)) != 2 {
			t.Errorf("%v: %d calls, pool %v", cause, e.calls, names(t, p))
		}
		p, e = openSealing(t)
		p.SetSealing(objects.SealRequire)
		e.refuse = []error{cause, cause}
		b := beginStaged(t, p)
		add(t, b, "content")
		if err := b.Commit(); !errors.Is(err, cause) || len(names(t, p)) != 0 {
			t.Errorf("%v: Commit: %v, pool %v", cause, err, names(t, p))
		}
	}
}

// TestSealUnreadable checks that an unreadable object does not count as missing.
func TestSealUnreadable(t *testing.T) {
	p := open(t)
	p.SetSealing(objects.SealRequire)
	p.SetVerity(&emulated{})
	d := verity.Sum([]byte("unreadable"))
	shard := filepath.Dir(p.ObjectPath(d))
	if err := os.Symlink(shard, shard); err != nil {
		t.Fatal(err)
	}
	if err := p.SealObjects(t.Context(), []verity.Digest{d}); !errors.Is(err, unix.ELOOP) {
		t.Errorf("it cannot be read: %v", err)
	}
	if err := errors.Join(os.Remove(shard), p.SealObjects(t.Context(), []verity.Digest{d})); err != nil {
		t.Errorf("it is missing: %v", err)
	}
}

// TestSealObjects seals existing objects of the pool.
func TestSealObjects(t *testing.T) {
	p, e := openSealing(t)
	p.SetSealing(objects.SealNever)
	var d, other verity.Digest
	layer(t, p, func(b *objects.Batch) { d, other = add(t, b, "content"), add(t, b, "other") })
	if err := p.SealObjects(t.Context(), []verity.Digest{d}); err != nil {
		t.Fatal(err)
	}
	checkSealed(t, p, e)
	p.SetSealing(objects.SealTry)
	if err := p.SealObjects(t.Context(), []verity.Digest{d, verity.Sum(nil)}); err != nil {
		t.Fatal(err)
	}
	checkSealed(t, p, e, d)
	path := filepath.Join(filepath.Dir(p.ImagesDir()), "objects", objects.Path(other))
	if err := os.WriteFile(path, []byte("Other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.SealObjects(t.Context(), []verity.Digest{d, other}); !errors.Is(err, objects.ErrDamaged) || !strings.Contains(err.Error(), other.String()) {
		t.Errorf("a damaged one: %v", err)
	}
}

// TestSealImage seals an image, and refuses a damaged one.
func TestSealImage(t *testing.T) {
	p, _ := openSealing(t)
	b := beginStaged(t, p)
	d := addImage(t, b, "content")
	if sealed, err := b.SealImage(d); !sealed || err != nil {
		t.Errorf("SealImage: %v, %v", sealed, err)
	}
	path := filepath.Join(p.ImagesDir(), d.String())
	if err := errors.Join(os.WriteFile(path+".new", []byte("Content"), 0o600), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SealImage(d); !errors.Is(err, objects.ErrDamaged) {
		t.Errorf("SealImage of a damaged one: %v", err)
	}
	addImage(t, b, "content") // takes its place
	checkFile(t, path, "content")
	if sealed, err := b.SealImage(d); !sealed || err != nil {
		t.Errorf("SealImage: %v, %v", sealed, err)
	}
	p.SetSealing(objects.SealNever)
	if sealed, err := b.SealImage(d); sealed || err != nil {
		t.Errorf("SealImage without sealing: %v, %v", sealed, err)
	}
}
