package fuse

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// Server answers the kernel's requests about one image.
type Server struct {
	view  *erofs.View
	count func()
}

// NewServer returns a server of an image. It calls count for each request that Serve has answered.
func NewServer(view *erofs.View, count func()) *Server { return &Server{view, count} }

// requestMax is the size of a buffer for requests in bytes. The kernel does not read into less than 8 KiB, nor into
// less than max_write and 4 KiB.
const requestMax = dataMax + 8<<10

// AnswerMax is the size of the largest answer in bytes.
const AnswerMax = outHeaderSize + dataMax

// Serve answers requests that it reads from connection, an open /dev/fuse, until the file system is
// unmounted. Several calls may serve one connection. A request that makes the server panic gets EIO. The image may
// be mapped memory: a part of it that cannot be read is such a panic.
func (s *Server) Serve(connection *os.File) error {
	defer runtime.KeepAlive(connection)
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // of this goroutine
	fd := int(connection.Fd())
	in, err := newBuffer(requestMax)
	if err != nil {
		return err
	}
	defer unix.Munmap(in) //nolint:errcheck // memory
	out := make([]byte, AnswerMax)
	for {
		n, err := unix.Read(fd, in)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
			continue // the process that asked was interrupted
		}
		var reply []byte
		if err == nil {
			if reply = s.survive(in[:n], out); reply != nil {
				_, err = unix.Write(fd, reply)
			}
			if err == nil || errors.Is(err, unix.ENOENT) { // nobody waits for the answer any more
				s.count()
				continue
			}
		}
		switch {
		case errors.Is(err, unix.ENODEV):
			return nil // unmounted
		case err != nil:
			return fmt.Errorf("serve FUSE: %w", err)
		}
	}
}

// newBuffer returns memory that exists already. If the kernel had to make a page for a request while the server is
// being killed, the request would end with EIO instead of waiting for the next server.
// Source: fuse_dev_do_read and __get_user_pages of Linux.
func newBuffer(size int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("allocate memory for FUSE requests: %w", err)
	}
	_ = unix.Mlock(b) // against swapping; it may exceed a limit
	return b, nil
}

// survive is Answer, with EIO instead of a panic.
func (s *Server) survive(request, out []byte) (reply []byte) {
	defer func() {
		if recover() != nil {
			h, _, _ := parseHeader(request)
			reply = putHeader(out, h, 0, unix.EIO)
		}
	}()
	return s.Answer(request, out)
}

// Answer answers a request. out has AnswerMax bytes, and the answer is a part of it. The answer is nil if the
// kernel expects none.
func (s *Server) Answer(request, out []byte) []byte {
	h, body, ok := parseHeader(request)
	if !ok {
		return nil
	}
	n, errno := s.answer(h, body, out[outHeaderSize:])
	if errno == noAnswer {
		return nil
	}
	if errno != 0 {
		n = 0
	}
	return putHeader(out, h, n, errno)
}

// putHeader puts the header of an answer of n bytes before it.
func putHeader(out []byte, h inHeader, n int, errno unix.Errno) []byte {
	out = out[:outHeaderSize+n]
	ne.PutUint32(out[0:], uint32(len(out)))
	ne.PutUint32(out[4:], uint32(-int32(errno)))
	ne.PutUint64(out[8:], h.unique)
	return out
}

// Resume asks the kernel to send the requests again that a server before this one has read from connection and not
// answered. The error is [unix.EINVAL] on kernels before 6.9.
func Resume(connection *os.File) error {
	var b [outHeaderSize]byte
	ne.PutUint32(b[0:], outHeaderSize)
	ne.PutUint32(b[4:], notifyResend)
	if _, err := unix.Write(int(connection.Fd()), b[:]); err != nil {
		return fmt.Errorf("resume FUSE: %w", err)
	}
	return nil
}
