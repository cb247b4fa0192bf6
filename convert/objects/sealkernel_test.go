package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// kernel measures by the kernel.
type kernel struct{}

func (kernel) Measure(f *os.File) (verity.Digest, error) { return verity.Measure(f) }

// openKernel opens a pool on a file system with fs-verity, or skips the test. The machines of "make
// test-vm" have such a file system.
func openKernel(t *testing.T) *objects.Pool {
	t.Helper()
	needsVerity(t, verity.SHA256)
	p := open(t)
	p.SetSealing(objects.SealRequire)
	return p
}

// needsVerity skips the test without fs-verity by an algorithm.
func needsVerity(t *testing.T, a verity.Algorithm) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	if err := a.Enable(f); err != nil {
		t.Skipf("no fs-verity here: %v", err)
	}
}

// TestKernelSHA512 has the kernel seal contents of a pool by sha512.
func TestKernelSHA512(t *testing.T) {
	needsVerity(t, verity.SHA512)
	p, err := objects.Open(filepath.Join(t.TempDir(), "pool"), objects.Options{Algorithm: verity.SHA512, Sealing: objects.SealRequire})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing is left to write
	var want []verity.Digest
	layer(t, p, func(b *objects.Batch) {
		for _, size := range []int{1, 4096, 4097, 64 * 4096, 64*4096 + 1, 3 << 20} {
			want = append(want, add(t, b, strings.Repeat("c", size)))
		}
	})
	checkSealed(t, p, kernel{}, want...)
}

// TestKernelSeals has the kernel seal contents of many sizes, and images. It must measure the
// digests of the names, and refuse writes.
func TestKernelSeals(t *testing.T) {
	p := openKernel(t)
	var want []verity.Digest
	dir := layer(t, p, func(b *objects.Batch) {
		for _, size := range []int{1, 64, 4095, 4096, 4097, 128 * 4096, 128*4096 + 1, 3 << 20} {
			want = append(want, add(t, b, strings.Repeat("c", size)))
		}
		d, err := b.AddFrom(strings.NewReader(strings.Repeat("\x00", 1<<20)+"end"), 1<<20+3) // with a hole
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, d)
	})
	checkSealed(t, p, kernel{}, want...)
	for _, d := range want {
		if f, err := os.OpenFile(filepath.Join(dir, objects.Path(d)), os.O_WRONLY, 0); !errors.Is(err, unix.EPERM) {
			_ = f.Close()
			t.Errorf("object %s is open for writing: %v", d, err)
		}
	}
	layer(t, p, func(b *objects.Batch) {
		image := addImage(t, b, "image")
		if sealed, err := b.SealImage(image); err != nil || !sealed {
			t.Errorf("SealImage: %v, %v", sealed, err)
		}
		linkImage(t, b, image, filepath.Join(t.TempDir(), "image"))
		f, err := p.OpenImage(image)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // open for reading
		if got, err := verity.SHA256.Measure(f); err != nil || got != image {
			t.Errorf("of the image the kernel measures %s, %v", got, err)
		}
	})
}

// TestKernelKnown adds a content whose object is not sealed, and one whose object is a sealed file
// with another content.
func TestKernelKnown(t *testing.T) {
	p := openKernel(t)
	p.SetSealing(objects.SealNever)
	var d, other verity.Digest
	old := layer(t, p, func(b *objects.Batch) { d, other = add(t, b, "content"), add(t, b, "CONTENT") })
	checkSealed(t, p, kernel{})
	p.SetSealing(objects.SealRequire)
	layer(t, p, func(b *objects.Batch) { add(t, b, "content"); add(t, b, "CONTENT") })
	checkSealed(t, p, kernel{}, d, other)

	pooled := func(d verity.Digest) string {
		return filepath.Join(filepath.Dir(p.ImagesDir()), "objects", objects.Path(d))
	}
	if err := errors.Join(os.Remove(pooled(d)), os.Link(pooled(other), pooled(d))); err != nil {
		t.Fatal(err)
	}
	fresh := layer(t, p, func(b *objects.Batch) { add(t, b, "content") })
	checkSealed(t, p, kernel{}, d, other)
	checkContent(t, fresh, d, "content")
	checkContent(t, old, d, "content")
}

// TestKernelOpen seals a file that is open for writing. Sealing must wait, and fail if the file
// stays open.
func TestKernelOpen(t *testing.T) {
	p := openKernel(t)
	t.Cleanup(objects.SetSealPatience(0))
	p.SetSealing(objects.SealNever)
	var d verity.Digest
	dir := layer(t, p, func(b *objects.Batch) { d = add(t, b, "content") })
	f, err := os.OpenFile(filepath.Join(dir, objects.Path(d)), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.SetSealing(objects.SealTry)
	if err := p.SealObjects(t.Context(), []verity.Digest{d}); !errors.Is(err, unix.ETXTBSY) {
		t.Errorf("open for writing: %v, want %v", err, unix.ETXTBSY)
	}
	if err := errors.Join(f.Close(), p.SealObjects(t.Context(), []verity.Digest{d})); err != nil {
		t.Error(err)
	}
	checkSealed(t, p, kernel{}, d)
}

// TestKernelSources takes files of another directory. The kernel measures those with fs-verity: another
// content and another algorithm are found without reading them. Others are read, and get fs-verity.
func TestKernelSources(t *testing.T) {
	p, dir := openKernel(t), t.TempDir()
	seal := func(path string, a verity.Algorithm) {
		t.Helper()
		f, err := os.Open(path)
		if err == nil {
			err = errors.Join(a.Enable(f), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	contents := map[string]string{}
	for _, name := range []string{"sealed", "unsealed", "other content", "other algorithm"} {
		contents[name] = strings.Repeat(name, 1000)
	}
	paths := map[string]string{}
	for name, content := range contents {
		paths[name] = writeObject(t, dir, content)
	}
	if err := os.WriteFile(paths["other content"], []byte(strings.ToUpper(contents["other content"])), 0o644); err != nil {
		t.Fatal(err)
	}
	seal(paths["sealed"], verity.SHA256)
	seal(paths["other content"], verity.SHA256)
	seal(paths["other algorithm"], verity.SHA512)
	p.TakeFrom(objects.Sources{Dirs: []string{dir}})
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // what counts is committed
	var want []verity.Digest
	for _, content := range contents {
		want = append(want, add(t, b, content))
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	checkSealed(t, p, kernel{}, want...)
	for name, path := range paths {
		if got, taken := sameInode(t, p, contents[name], path), strings.HasSuffix(name, "sealed"); got != taken {
			t.Errorf("%s: taken %v", name, got)
		}
	}
}
