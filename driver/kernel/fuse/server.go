package fuse

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// Server answers the kernel's requests about one image.
type Server struct {
	view  *erofs.View
	count func()
}

// NewServer returns a server of an image. It calls count for each request.
func NewServer(view *erofs.View, count func()) *Server { return &Server{view, count} }

// requestMax is the size of a buffer for requests in bytes. The kernel does not read into less than 8 KiB, nor into
// less than max_write and 4 KiB.
const requestMax = dataMax + 8<<10

// AnswerMax is the size of the largest answer in bytes.
const AnswerMax = outHeaderSize + dataMax

// Serve answers requests that it reads from connection, an open /dev/fuse, until the file system is
// unmounted. Several calls may serve one connection.
func (s *Server) Serve(connection *os.File) error {
	defer runtime.KeepAlive(connection)
	fd := int(connection.Fd())
	in, out := make([]byte, requestMax), make([]byte, AnswerMax)
	for {
		n, err := unix.Read(fd, in)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EINTR) {
			continue // the process that asked was interrupted
		}
		var reply []byte
		if err == nil {
			if reply = s.Answer(in[:n], out); reply == nil {
				continue
			}
			if _, err = unix.Write(fd, reply); errors.Is(err, unix.ENOENT) {
				continue // nobody waits for the answer any more
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

// Answer answers a request. out has AnswerMax bytes, and the answer is a part of it. The answer is nil if the
// kernel wants none.
func (s *Server) Answer(request, out []byte) []byte {
	s.count()
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
