package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// errClosed reports a closed batch, which no longer keeps Collect away.
var errClosed = errors.New("the batch is closed")

// AddImage adds a merged image to the pool, durably and without [Batch.Commit]. write writes the
// image to w and returns its fs-verity digest. An existing image with that digest and content
// stays. An image that [Batch.LinkImage] has not linked is garbage when the batch is closed.
//
// Commit the objects to which the image refers first: others can find and mount the image at once.
func (b *Batch) AddImage(write func(w io.Writer) (verity.Digest, error)) (d verity.Digest, err error) {
	if b.lock == nil {
		err = errClosed
	} else {
		d, err = b.pool.addImage(write)
	}
	if err != nil {
		return verity.Digest{}, fmt.Errorf("add image: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.images = append(b.images, d)
	return d, nil
}

func (p *Pool) addImage(write func(io.Writer) (verity.Digest, error)) (verity.Digest, error) {
	if err := p.makeImages(); err != nil {
		return verity.Digest{}, err
	}
	temp, d, err := p.writeImage(write)
	if err != nil {
		return d, err
	}
	if err := p.nameImage(temp, d); err != nil {
		return d, files.WithCleanup(err, files.IgnoreMissing(os.Remove(temp)))
	}
	return d, p.syncDir(p.images())
}

// makeImages makes the directory of images.
func (p *Pool) makeImages() error {
	err := p.try(stepImages)
	if err == nil {
		err = os.Mkdir(p.images(), 0o700)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.syncDir(p.path)
}

// writeImage writes an image to a temporary name and syncs it.
func (p *Pool) writeImage(write func(io.Writer) (verity.Digest, error)) (temp string, d verity.Digest, err error) {
	temp = p.temporaryImage()
	err = p.try(stepCreate)
	if err != nil {
		return "", d, err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", d, err
	}
	w := &imageWriter{pool: p, file: f}
	d, err = write(w)
	if err == nil {
		err = w.err // even if write has ignored it
	}
	if err == nil {
		noteDigest(f, d)
		err = p.syncFile(f)
	}
	if err = files.WithCleanup(err, f.Close(), p.try(stepClose)); err != nil {
		return "", d, files.WithCleanup(err, os.Remove(temp))
	}
	return temp, d, nil
}

// imageWriter remembers the first error.
type imageWriter struct {
	pool *Pool
	file *os.File
	err  error
}

func (w *imageWriter) Write(p []byte) (n int, err error) {
	if w.err == nil {
		w.err = w.pool.try(stepWrite)
	}
	if w.err == nil {
		n, w.err = w.file.Write(p)
	}
	return n, w.err
}

// nameImage renames a temporary file to an image's name. If that exists with the right content,
// the temporary file is removed instead; with another content, it is replaced.
func (p *Pool) nameImage(temp string, d verity.Digest) error {
	err := p.try(stepRename)
	if err == nil {
		err = unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, p.imagePath(d), unix.RENAME_NOREPLACE)
	}
	if !errors.Is(err, unix.EEXIST) {
		return os.NewSyscallError("renameat2", err)
	}
	right, err := p.imageRight(d)
	switch {
	case err != nil:
		return err
	case !right:
		return os.Rename(temp, p.imagePath(d))
	}
	return os.Remove(temp)
}

// imageRight reports whether the content of the pool's image has the digest d. It asks the kernel
// if the image is sealed.
func (p *Pool) imageRight(d verity.Digest) (bool, error) {
	f, err := p.OpenImage(d)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if got, err := p.verity.Measure(f); err == nil {
		return got == d, nil
	}
	got, _, err := d.Algorithm().SumFile(f)
	if errors.Is(err, unix.EIO) {
		return false, nil
	}
	return got == d, err
}

func (p *Pool) syncFile(f *os.File) error {
	if err := p.try(stepFsync); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes the names in a directory durable.
func (p *Pool) syncDir(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return files.WithCleanup(p.syncFile(f), f.Close())
}
