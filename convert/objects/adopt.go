package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Adopt adds the content of a regular file that the layer has under another name, as layers of
// stock containers/storage do. payload is its path below the layer's object directory, without
// symlinks or "..", and size its exact length. If the pool lacks the content, the object becomes a
// link to the file, which keeps its metadata. The name payload stays; in a staged layer, which has
// no reader yet, it becomes a link to the pool's object if one exists. Adopt returns the fs-verity
// digest, and the content if it has at most [tree.InlineMax] bytes. Adopting a file again that an
// earlier batch adopted and did not commit succeeds.
func (b *Batch) Adopt(payload string, size int64) (d verity.Digest, content []byte, err error) {
	if size == 0 {
		return d, nil, ErrEmpty
	}
	f, err := b.openPayload(payload, size)
	if err != nil {
		return d, nil, fmt.Errorf("adopt %s: %w", payload, err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	if d, content, err = b.readPayload(f, size); err == nil {
		err = b.adopt(f, payload, d, size)
	}
	if err != nil {
		return verity.Digest{}, nil, fmt.Errorf("adopt %s: %w", payload, err)
	}
	return d, content, nil
}

func (b *Batch) openPayload(payload string, size int64) (*os.File, error) {
	if !fs.ValidPath(payload) {
		return nil, fs.ErrInvalid
	}
	fd, err := unix.Openat2(b.fd(), payload, &unix.OpenHow{
		// A fifo must not block.
		Flags:   unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	})
	if err != nil {
		return nil, os.NewSyscallError("openat2", err)
	}
	f := os.NewFile(uintptr(fd), payload)
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("not a regular file")
	case info.Size() != size:
		err = fmt.Errorf("%d bytes, want %d", info.Size(), size)
	default:
		return f, nil
	}
	return nil, files.WithCleanup(err, f.Close())
}

// readPayload returns the fs-verity digest of an open file, and its content if that is small.
func (b *Batch) readPayload(f *os.File, size int64) (d verity.Digest, content []byte, err error) {
	if size <= tree.InlineMax {
		content = make([]byte, size)
		_, err = io.ReadFull(f, content)
		return b.pool.algorithm.Sum(content), content, err
	}
	h := b.pool.algorithm.Spare()
	defer h.Done()
	buf := buffers.Get().(*[bufferSize + 1]byte)
	defer buffers.Put(buf)
	n, err := io.CopyBuffer(h, struct{ io.Reader }{f}, buf[:])
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes read, want %d", n, size)
	}
	return h.Digest(), nil, err
}

// adopt makes the pool's object, or else an open file of the layer, the layer's object.
func (b *Batch) adopt(f *os.File, payload string, d verity.Digest, size int64) error {
	found, replace, err := b.link(d, size)
	if err == nil && found && b.staged != "" {
		err = b.dropCopy(f, payload, d)
	}
	if err != nil {
		return err
	}
	if !found {
		// Publish it even if the layer has it: it may come from a batch that did not commit.
		found, err = b.adoptFile(f, d, size)
		if err != nil {
			return err
		}
		b.queue(d, replace)
	}
	b.count(size, !found)
	return nil
}

// adoptFile makes an open file of the layer an object. If a staged layer's file has other links,
// the object is a copy: a differ may have linked the file from a plain layer, where its owner and
// mode matter and may change.
func (b *Batch) adoptFile(f *os.File, d verity.Digest, size int64) (found bool, err error) {
	if b.staged != "" {
		var st unix.Stat_t
		if err := unix.Fstat(int(f.Fd()), &st); err != nil {
			return false, os.NewSyscallError("fstat", err)
		}
		if st.Nlink > 1 {
			return b.copyFile(f, d, size)
		}
	}
	taken, err := b.linkFile(f, d, size)
	return taken == TakenHad, err
}

// linkFile links an open file into the layer as an object. It links the descriptor, which is
// certainly the file that was read. It copies a file that can take no more links. The result is
// TakenHad if the layer already has the object.
func (b *Batch) linkFile(f *os.File, d verity.Digest, size int64) (Taken, error) {
	err := b.pool.try(stepAdopt)
	if err == nil {
		err = files.Link(f, b.fd(), Path(d))
	}
	switch {
	case err == nil:
		return TakenLinked, nil
	case errors.Is(err, unix.EEXIST):
		return TakenHad, nil
	case errors.Is(err, unix.EMLINK):
		return copied(b.copyFile(f, d, size))
	}
	return TakenHad, os.NewSyscallError("linkat", err)
}

// dropCopy replaces an adopted file with a link to the layer's object, to save space.
func (b *Batch) dropCopy(f *os.File, payload string, d verity.Digest) error {
	var file, object unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &file); err != nil {
		return os.NewSyscallError("fstat", err)
	}
	if err := unix.Fstatat(b.fd(), Path(d), &object, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return os.NewSyscallError("fstatat", err)
	}
	if file.Ino == object.Ino {
		return nil
	}
	name := temporary()
	err := b.pool.try(stepAdopt)
	if err == nil {
		err = unix.Linkat(b.fd(), Path(d), b.fd(), name, 0)
	}
	if errors.Is(err, unix.EMLINK) {
		return nil // the copy stays
	}
	if err != nil {
		return os.NewSyscallError("linkat", err)
	}
	if err = b.pool.try(stepRename); err == nil {
		err = unix.Renameat(b.fd(), name, b.fd(), payload)
	}
	if err != nil {
		return files.WithCleanup(os.NewSyscallError("renameat", err), unix.Unlinkat(b.fd(), name, 0))
	}
	return nil
}
