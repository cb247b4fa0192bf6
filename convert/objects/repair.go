package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Repair replaces damaged objects. It holds the pool's lock shared until Close, so nothing is
// collected. Its methods may be called concurrently for different objects.
//
// Callers pass the names of a damaged object: the path of the pool's own file
// ([Reader.ObjectPath]) and of layers' files, all on the pool's file system. A name may be
// missing. A repair writes to no other names.
type Repair struct {
	pool *Pool
	lock *os.File // the pool's, shared
}

// BeginRepair starts a repair.
func (p *Pool) BeginRepair() (*Repair, error) {
	lock, err := p.flock(unix.LOCK_SH)
	if err != nil {
		return nil, err
	}
	return &Repair{p, lock}, nil
}

// Close ends the repair and makes it durable.
func (r *Repair) Close() error {
	err := os.NewSyscallError("syncfs", unix.Syncfs(r.pool.fd()))
	return files.WithCleanup(err, r.lock.Close())
}

// Write replaces the files at names with one new file that holds content, which is synced first.
// If the content has another fs-verity digest than d, Write does nothing and returns an error that
// wraps [ErrDamaged].
func (r *Repair) Write(d verity.Digest, content io.Reader, names []string) error {
	temp, err := r.spool(d, content)
	if err == nil {
		err = r.give(d, temp, names)
	}
	if err != nil {
		return fmt.Errorf("repair object %s: %w", d, err)
	}
	return nil
}

// Link replaces the files at names with links to the open file good, or with a copy if it cannot
// be linked. It reads and checks the file first, as [Repair.Write] does.
func (r *Repair) Link(d verity.Digest, good *os.File, names []string) error {
	got, _, err := d.Algorithm().SumFile(good)
	if err == nil && got != d {
		err = wrongContent(got)
	}
	temp := r.temporary()
	if err == nil {
		err = files.Link(good, unix.AT_FDCWD, temp)
	}
	switch {
	case errors.Is(err, unix.EXDEV), errors.Is(err, unix.EMLINK):
		return r.Write(d, io.NewSectionReader(good, 0, math.MaxInt64), names)
	case err == nil:
		if _, err = r.pool.SealFile(temp, d); err != nil {
			return files.WithCleanup(fmt.Errorf("repair object %s: %w", d, err), os.Remove(temp))
		}
		err = r.give(d, temp, names)
	}
	if err != nil {
		return fmt.Errorf("repair object %s: %w", d, err)
	}
	return nil
}

func wrongContent(got verity.Digest) error {
	return fmt.Errorf("%w: its content has fs-verity digest %s", ErrDamaged, got)
}

// temporary returns a unique name in the pool, where Collect finds it after a crash.
func (r *Repair) temporary() string { return filepath.Join(r.pool.objects.Name(), temporary()) }

// give replaces the files at names, and those that a note lists, with the temporary file.
func (r *Repair) give(d verity.Digest, temp string, names []string) error {
	err := files.WithCleanup(r.nameAll(temp, names), files.IgnoreMissing(os.Remove(temp)))
	if err != nil {
		return err
	}
	err = files.IgnoreMissing(r.pool.mendObject(d))
	_ = os.Remove(r.pool.damaged()) // fails if a note is left
	return err
}

// spool writes a content to a temporary file, syncs and seals it.
func (r *Repair) spool(d verity.Digest, content io.Reader) (temp string, err error) {
	temp = r.temporary()
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	h := verity.NewHash(d.Algorithm())
	_, err = io.Copy(io.MultiWriter(f, h), content)
	if err == nil && h.Digest() != d {
		err = wrongContent(h.Digest())
	}
	if err == nil {
		err = r.pool.syncFile(f)
	}
	if err = files.WithCleanup(err, f.Close()); err != nil {
		return "", files.WithCleanup(err, os.Remove(temp))
	}
	// Seal it before others can find it.
	if _, err := r.pool.SealFile(temp, d); err != nil {
		return "", files.WithCleanup(err, os.Remove(temp))
	}
	return temp, nil
}

// nameAll makes the names links to the temporary file.
func (r *Repair) nameAll(temp string, names []string) error {
	for _, name := range names {
		if err := r.pool.nameLike(temp, name); err != nil {
			return err
		}
	}
	return nil
}

// nameLike atomically makes name, on the pool's file system, a link to another name, and makes its
// directory if that is missing.
func (p *Pool) nameLike(from, name string) error {
	if sameFile(unix.AT_FDCWD, from, unix.AT_FDCWD, name) {
		return nil
	}
	if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := filepath.Join(p.objects.Name(), temporary())
	if err := os.Link(from, temp); err != nil {
		return err
	}
	err := os.Rename(temp, name)
	return files.WithCleanup(err, files.IgnoreMissing(os.Remove(temp)))
}

// ObjectPath returns the path of an object of the pool, even of a missing one.
func (p *Reader) ObjectPath(d verity.Digest) string {
	return filepath.Join(p.objects.Name(), Path(d))
}

// DropImage removes a damaged merged image from the pool, unless d is none, and its other links names.
// It is merged again when it is needed. Existing mounts keep the file.
func (r *Repair) DropImage(d verity.Digest, names []string) error {
	if !d.IsZero() {
		names = append([]string{r.pool.imagePath(d)}, names...)
	}
	var err error
	for _, name := range names {
		err = files.WithCleanup(err, files.IgnoreMissing(os.Remove(name)))
	}
	return err
}
