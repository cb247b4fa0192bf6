package fsck

import (
	"context"
	"errors"
	"hash"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// bufferSize is the size of a read in bytes. The buffer fits into the cache of a processor.
const bufferSize = 256 << 10

// hasher reads and hashes files through bare descriptors, because an [os.File] costs more system calls
// than reading a small file.
type hasher struct {
	buf      []byte
	progress func(n int)
}

var hashers = sync.Pool{New: func() any { return &hasher{buf: make([]byte, bufferSize)} }}

func newHasher(progress func(n int)) *hasher {
	h := hashers.Get().(*hasher)
	h.progress = progress
	return h
}

func (h *hasher) free() { hashers.Put(h) }

const openFlags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC

// openFile opens a regular file. It does not block on FIFOs and devices.
func openFile(path string) (*os.File, error) {
	fd, err := unix.Open(path, openFlags, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = errIrregular
	}
	if err != nil {
		return nil, errors.Join(&os.PathError{Op: "open", Path: path, Err: err}, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), path), nil
}

var errIrregular = errors.New("it is not a regular file")

// read reads and hashes a file of the given size. It stops after that size, because a file that is
// longer may have no end.
func (h *hasher) read(ctx context.Context, fd int, sum hash.Hash, size int64) (total int64, err error) {
	if size > bufferSize {
		_ = unix.Fadvise(fd, 0, 0, unix.FADV_SEQUENTIAL) // a hint
	}
	for ctx.Err() == nil {
		n, err := readOnce(fd, h.buf, total)
		if err != nil {
			return total, err
		}
		if n == 0 {
			return total, nil
		}
		sum.Write(h.buf[:n])
		total += int64(n)
		h.progress(n)
		if n < len(h.buf) && total == size || total > size {
			return total, nil // a short read at the end
		}
	}
	return total, ctx.Err()
}

// readAgain is read for a file with another size than the expected one.
func (h *hasher) readAgain(ctx context.Context, fd int, sum hash.Hash) (total int64, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return 0, os.NewSyscallError("stat", err)
	}
	sum.Reset()
	return h.read(ctx, fd, sum, st.Size)
}

// cached reports that the kernel or the file system lacks RWF_DONTCACHE (Linux 6.14), which reads
// without evicting other files from the page cache. It is process-wide, as the kernel is.
var cached atomic.Bool

const rwfDontCache = 0x80

func readOnce(fd int, buf []byte, offset int64) (n int, err error) {
	for {
		if cached.Load() {
			n, err = unix.Pread(fd, buf, offset)
		} else if n, err = unix.Preadv2(fd, [][]byte{buf}, offset, rwfDontCache); errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) {
			cached.Store(true)
			continue
		}
		if !errors.Is(err, unix.EINTR) {
			return n, os.NewSyscallError("read", err)
		}
	}
}

// limit limits the rate of reads.
type limit struct {
	rate int64 // bytes a second, 0 for none
	mu   sync.Mutex
	next time.Time // the time at which the bytes so far are due
}

func newLimit(rate int64) *limit { return &limit{rate: rate, next: time.Now()} }

// wait waits until n more bytes may be read.
func (l *limit) wait(ctx context.Context, n int) {
	if l.rate <= 0 {
		return
	}
	l.mu.Lock()
	l.next = l.next.Add(time.Duration(float64(n) / float64(l.rate) * float64(time.Second)))
	pause := time.Until(l.next)
	l.mu.Unlock()
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
