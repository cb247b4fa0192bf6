package holder

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// count is memory that the servers of an image share with their holder, one after the other.
type count struct{ words *[2]uint64 }

const countSize = 16

// newCount returns a file in memory for a count.
func newCount() (*os.File, error) {
	fd, err := unix.MemfdCreate("composefs-fuse", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "count")
	if err := f.Truncate(countSize); err != nil {
		return nil, err
	}
	return f, nil
}

func openCount(f *os.File) (count, error) {
	b, err := unix.Mmap(int(f.Fd()), 0, countSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return count{}, fmt.Errorf("map the count: %w", err)
	}
	return count{(*[2]uint64)(unsafe.Pointer(unsafe.SliceData(b)))}, nil
}

// requests returns the number of answered requests, starts that of servers.
func (c count) requests() uint64 { return atomic.LoadUint64(&c.words[0]) }
func (c count) starts() uint64   { return atomic.LoadUint64(&c.words[1]) }

func (c count) add()   { atomic.AddUint64(&c.words[0], 1) }
func (c count) start() { atomic.AddUint64(&c.words[1], 1) }
