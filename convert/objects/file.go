package objects

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// Files of the layer are written through bare descriptors: an os.File costs another system call
// and a finalizer, which matters because most files are small.

// create writes a new object into the layer. found reports that another caller has added it in the
// meantime.
func (b *Batch) create(name string, content []byte) (found bool, err error) {
	fd, err := b.createFile(name)
	if errors.Is(err, unix.EEXIST) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	err = b.writeAt(fd, content, 0)
	if err = files.WithCleanup(err, b.closeFile(fd)); err == nil {
		return false, nil
	}
	// Another caller may have found the name and relied on it.
	err = files.WithCleanup(err, b.unlink(name))
	b.fail(err)
	return false, err
}

func (b *Batch) createFile(name string) (fd int, err error) {
	if err := b.pool.try(stepCreate); err != nil {
		return -1, err
	}
	for {
		fd, err = unix.Openat(b.fd(), name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
		if !errors.Is(err, unix.EINTR) {
			return fd, os.NewSyscallError("openat", err)
		}
	}
}

func (b *Batch) writeAt(fd int, p []byte, offset int64) error {
	if err := b.pool.try(stepWrite); err != nil {
		return err
	}
	b.wrote(len(p))
	for len(p) > 0 {
		n, err := unix.Pwrite(fd, p, offset)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return os.NewSyscallError("pwrite", err)
		case n == 0:
			return io.ErrShortWrite
		}
		p, offset = p[n:], offset+int64(n)
	}
	return nil
}

// closeFile closes a written file. Linux closes the descriptor even if close(2) fails.
func (b *Batch) closeFile(fd int) error {
	err := ignore(unix.Close(fd), unix.EINTR)
	return files.WithCleanup(os.NewSyscallError("close", err), b.pool.try(stepClose))
}

// makeShard makes the i-th object directory, with that name, in the layer.
func (b *Batch) makeShard(i byte, name string) error {
	shard := &b.shards[i]
	if shard.Load() {
		return nil
	}
	err := b.pool.try(stepMkdir)
	if err == nil {
		err = ignore(unix.Mkdirat(b.fd(), name, 0o700), unix.EEXIST)
	}
	shard.Store(err == nil)
	return os.NewSyscallError("mkdirat", err)
}

// sync makes a single file of the layer durable.
func (b *Batch) sync(name string) error {
	fd, err := unix.Openat(b.fd(), name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return os.NewSyscallError("openat", err)
	}
	if err = b.pool.try(stepFsync); err == nil {
		err = unix.Fsync(fd)
	}
	return files.WithCleanup(os.NewSyscallError("fsync", err), unix.Close(fd))
}

func (b *Batch) unlink(name string) error {
	return os.NewSyscallError("unlinkat", unix.Unlinkat(b.fd(), name, 0))
}

// temporaryPrefix begins names that are no objects. Files with such names that exist while the
// pool is locked exclusively were left by a crash.
const temporaryPrefix = ".tmp-"

// temporary returns a unique name.
func temporary() string { return fmt.Sprintf("%s%016x", temporaryPrefix, rand.Uint64()) }
