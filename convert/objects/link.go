package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// link links the object of the pool, a sibling or a source into the layer. If found is false, replace reports
// that the pool's object is of no use: it can take no more links (ext4 allows 65,000 for an
// inode), has another size, or is sealed with another digest.
func (b *Batch) link(d verity.Digest, size int64) (found, replace bool, err error) {
	name := Path(d)
	if err := b.makeShard(d.Bytes()[0], name[:2]); err != nil {
		return false, false, err
	}
	if err = b.pool.try(stepLink); err == nil {
		err = unix.Linkat(b.pool.fd(), name, b.fd(), name, 0)
	}
	switch {
	case err == nil:
	case errors.Is(err, unix.EEXIST): // the layer has this content twice
		return true, false, nil
	case errors.Is(err, unix.ENOENT):
		if found, err = b.linkSibling(d, name, size); err == nil && !found {
			found, err = b.takeFromSources(d, name, size)
		}
		return found, false, err
	case errors.Is(err, unix.EMLINK):
		return false, true, nil
	default:
		return false, false, os.NewSyscallError("linkat", err)
	}
	// The name alone does not prove the content.
	var st unix.Stat_t
	if err := unix.Fstatat(b.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return false, false, os.NewSyscallError("fstatat", err)
	}
	right := st.Size == size
	if right {
		if right, err = b.trust(b.fd(), d); err != nil {
			return false, false, files.WithCleanup(err, b.unlink(name))
		}
	}
	if !right {
		return false, true, b.unlink(name)
	}
	b.linked.Add(1)
	return true, false, nil
}

// copyObject copies the pool's object into the layer. The caller queues the copy to replace the
// pool's object. found reports that another caller has added the object in the meantime.
func (b *Batch) copyObject(d verity.Digest, size int64) (found bool, err error) {
	in, err := b.pool.Open(d)
	if err != nil {
		return false, err
	}
	defer in.Close() //nolint:errcheck // open for reading
	return b.copyFile(in, d, size)
}

// copyFile copies an open file into the layer and syncs it: all other objects of an adopted layer
// are links to complete files, so they survive a crash.
func (b *Batch) copyFile(in *os.File, d verity.Digest, size int64) (found bool, err error) {
	return b.copyTo(in, d, size, Path(d))
}

// copyTo is copyFile with another name than that of the object.
func (b *Batch) copyTo(in *os.File, d verity.Digest, size int64, name string) (found bool, err error) {
	info, err := in.Stat()
	if err == nil && info.Size() != size {
		err = fmt.Errorf("%w: %d bytes, want %d", ErrDamaged, info.Size(), size)
	}
	if err != nil {
		return false, err
	}
	temp, got, err := b.spool(io.NewSectionReader(in, 0, size), size)
	if err != nil {
		return false, err
	}
	if got != d {
		err = wrongContent(got)
	} else {
		err = b.sync(temp)
	}
	if err != nil {
		return false, files.WithCleanup(err, b.unlink(temp))
	}
	return b.settle(temp, name)
}

// settle renames a temporary file to an object's name. found reports that another caller has added
// the object in the meantime; the temporary file is removed then.
func (b *Batch) settle(temp, name string) (found bool, err error) {
	if err = b.pool.try(stepRename); err == nil {
		err = unix.Renameat2(b.fd(), temp, b.fd(), name, unix.RENAME_NOREPLACE)
	}
	if errors.Is(err, unix.EEXIST) {
		return true, b.unlink(temp)
	}
	if err != nil {
		return false, files.WithCleanup(os.NewSyscallError("renameat2", err), b.unlink(temp))
	}
	return false, nil
}

// publish links an object of the layer into the pool. The content must be durable.
func (b *Batch) publish(f fresh) error {
	if err := b.pool.try(stepPublish); err != nil {
		return err
	}
	name := Path(f.digest)
	if f.replace {
		return replaceLink(b.fd(), b.pool.fd(), name)
	}
	err := unix.Linkat(b.fd(), name, b.pool.fd(), name, 0)
	if errors.Is(err, unix.ENOENT) {
		if err := b.pool.makeShard(name[:2]); err != nil {
			return err
		}
		err = unix.Linkat(b.fd(), name, b.pool.fd(), name, 0)
	}
	if errors.Is(err, unix.EEXIST) {
		// Another batch was first, or this one with an equal payload. Use that object instead of
		// ours, unless it can take no more links.
		right, err := b.trust(b.pool.fd(), f.digest)
		if err != nil {
			return err
		}
		if !right {
			return replaceLink(b.fd(), b.pool.fd(), name)
		}
		return ignore(replaceLink(b.pool.fd(), b.fd(), name), unix.EMLINK)
	}
	return os.NewSyscallError("linkat", err)
}

// makeShard makes an object directory in the pool.
func (p *Pool) makeShard(name string) error {
	err := p.try(stepShard)
	if err == nil {
		err = ignore(unix.Mkdirat(p.fd(), name, 0o700), unix.EEXIST)
	}
	if err != nil {
		return &fs.PathError{Op: "mkdir", Path: filepath.Join(p.objects.Name(), name), Err: err}
	}
	return nil
}

// replaceLink atomically makes name in directory to a link to name in directory from. If it is one
// already, no temporary name is made, which a killed process would leave behind.
func replaceLink(from, to int, name string) error {
	if sameFile(from, name, to, name) {
		return nil
	}
	temp := temporary()
	if err := unix.Linkat(from, name, to, temp, 0); err != nil {
		return os.NewSyscallError("linkat", err)
	}
	err := os.NewSyscallError("renameat", unix.Renameat(to, temp, to, name))
	// rename(2) does nothing if both names are links to one file.
	return files.WithCleanup(err, ignore(unix.Unlinkat(to, temp, 0), unix.ENOENT))
}

// sameFile reports whether two names, each in a directory, are links to the same file.
func sameFile(a int, nameA string, b int, nameB string) bool {
	var x, y unix.Stat_t
	return unix.Fstatat(a, nameA, &x, unix.AT_SYMLINK_NOFOLLOW) == nil &&
		unix.Fstatat(b, nameB, &y, unix.AT_SYMLINK_NOFOLLOW) == nil &&
		x.Dev == y.Dev && x.Ino == y.Ino
}

// ignore returns err, or nil if it is the harmless one.
func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}
