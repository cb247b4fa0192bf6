package fsck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// file is a file to hash.
type file struct {
	pool   *poolCheck
	layer  *layer        // the layer of the file, nil for a file of the pool
	name   string        // path below object directories
	digest verity.Digest // zero if only the name identifies the content
	want   int64         // size in the image of a layer, or -1
	by     *layer        // the layer of that image
	inode  uint64
	size   int64

	regular bool
	sealed  bool // the file must have fs-verity
	read    bool // the content was read before
}

func (f *file) path() string {
	if f.layer != nil {
		return f.layer.Diff() + "/" + f.name
	}
	return f.pool.reader.ObjectPath(f.digest)
}

// byStock reports whether the name is the sha256 of the content, as in stock containers/storage.
func (f *file) byStock() bool {
	_, ok := digestOf(f.name)
	return ok && f.digest.IsZero()
}

// checkFile hashes a file.
func (c *checker) checkFile(ctx context.Context, h *hasher, f *file) {
	if f.name == "" {
		f.name = objects.Path(f.digest)
	}
	if f.read {
		c.checkSeal(f)
		return
	}
	fd, err := f.open()
	if errors.Is(err, fs.ErrNotExist) {
		return // removed since
	}
	if err == nil {
		err = c.compare(ctx, h, f, fd)
		_ = unix.Close(fd) // open for reading
	}
	if err != nil && ctx.Err() == nil {
		c.damaged(f, bare(err))
	}
}

// open returns a descriptor of the file.
func (f *file) open() (fd int, err error) {
	if !f.regular {
		return -1, errIrregular
	}
	at, name := unix.AT_FDCWD, f.name
	if f.layer != nil {
		name = f.path()
	} else {
		at = f.pool.fd
	}
	for {
		if fd, err = unix.Openat(at, name, openFlags, 0); !errors.Is(err, unix.EINTR) {
			return fd, os.NewSyscallError("open", err)
		}
	}
}

// compare hashes a file and returns an error if its content is wrong.
func (c *checker) compare(ctx context.Context, h *hasher, f *file, fd int) error {
	var sum hash.Hash
	want, what := f.digest, "digest"
	if f.byStock() {
		want, _ = digestOf(f.name)
		sum, what = sha256.New(), "sha256"
	} else {
		spare := f.digest.Algorithm().Spare()
		defer spare.Done()
		sum = spare
	}
	n, err := h.read(ctx, fd, sum, f.size)
	if err == nil && n != f.size {
		n, err = h.readAgain(ctx, fd, sum)
	}
	if err != nil {
		return err
	}
	if got := sum.Sum(nil); string(got) != want.Bytes() {
		if f.want >= 0 && n != f.want {
			return fmt.Errorf("it has %d bytes of %d", n, f.want)
		}
		if !f.byStock() {
			c.stray(verity.NewDigest(got), f)
		}
		return fmt.Errorf("its content has %s %s", what, hex.EncodeToString(got))
	}
	if f.want >= 0 && n != f.want {
		c.add(&Finding{Kind: ImageDamaged, Severity: Damage, Store: root(f.by.Store), Layers: []string{f.by.ID}, Paths: []string{f.by.ImagePath()},
			Detail: fmt.Sprintf("it gives object %s %d bytes, it has %d", f.name, f.want, n)})
	}
	if f.sealed {
		c.checkSeal(f)
	}
	return nil
}

// checkSeal compares the digest that the kernel measures, for a file that must have fs-verity.
func (c *checker) checkSeal(f *file) {
	in, err := openFile(f.path())
	if err != nil {
		return // removed since
	}
	defer in.Close() //nolint:errcheck // open for reading
	got, err := measure(f.digest.Algorithm(), in)
	x := &Finding{Store: root(f.pool.store), Object: f.name, Paths: []string{f.path()}}
	switch {
	case errors.Is(err, verity.ErrNotEnabled):
		x.Kind, x.Severity, x.Detail = NotSealed, Warning, "an image with fs-verity refers to it, and it has none"
	case err != nil:
		x.Kind, x.Severity, x.Detail = SealWrong, Damage, bare(err)
	case got != f.digest:
		x.Kind, x.Severity, x.Detail = SealWrong, Damage, fmt.Sprintf("the kernel measures %s", got)
	default:
		return
	}
	c.add(x)
}
