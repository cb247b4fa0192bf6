package objects

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Sources are object directories outside of the pool, such as those of composefs repositories and of
// other pools.
type Sources struct {
	Dirs    []string
	Damaged func(dir string, err error) // reports a damaged object in one of Dirs; may be nil
}

// source is an open directory of [Sources].
type source struct {
	path       string
	dir        *os.File
	noLinks    atomic.Bool // links to the pool cross mounts or file systems
	noReflinks atomic.Bool // the file system has none, or not to the pool
}

// mostLinks is the number of links of a file from which sources are not linked. ext4 allows 65,000, and
// the layers that get the object later need the others.
const mostLinks = 32_000

// TakeFrom has staged batches take new objects from other directories. It leaves out directories that
// cannot be opened. Call it before the first batch.
func (p *Pool) TakeFrom(s Sources) {
	p.reportDamaged = s.Damaged
	for _, path := range s.Dirs {
		if dir := p.openSource(path); dir != nil {
			p.sources = append(p.sources, &source{path: path, dir: dir})
		}
	}
}

// Close closes the pool. Batches must have been closed before.
func (p *Pool) Close() error {
	err := p.Reader.Close()
	for _, s := range p.sources {
		err = files.WithCleanup(err, s.dir.Close())
	}
	return err
}

// openSource opens an object directory of a source, or returns nil. It opens the directory in the mount
// of the pool, because link(2) fails between two mounts of one file system. That needs
// CAP_DAC_READ_SEARCH; without it the directory is opened by its path.
func (p *Pool) openSource(path string) *os.File {
	dir, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil
	}
	handle, _, err := unix.NameToHandleAt(int(dir.Fd()), "", unix.AT_EMPTY_PATH)
	if err != nil {
		return dir
	}
	fd, err := unix.OpenByHandleAt(p.fd(), handle, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if err != nil {
		return dir
	}
	near := os.NewFile(uintptr(fd), path)
	if !isFile(near, dir) { // a file of the pool's file system, and dir is on another one
		near, dir = dir, near
	}
	_ = dir.Close() // open for reading
	return near
}

// isFile reports whether two descriptors are open on the same file.
func isFile(a, b *os.File) bool {
	x, err := a.Stat()
	y, err2 := b.Stat()
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// takeFromSources adds an object of a source to the layer, and has Commit publish it. Only a staged
// layer takes objects that are not durable yet. found is false if no source has a usable file.
func (b *Batch) takeFromSources(d verity.Digest, name string, size int64) (found bool, err error) {
	if b.sibling == "" {
		return false, nil
	}
	for _, s := range b.pool.sources {
		if found, err = b.takeFrom(s, d, name, size); found || err != nil {
			break
		}
	}
	return found, err
}

func (b *Batch) takeFrom(s *source, d verity.Digest, name string, size int64) (found bool, err error) {
	if s.noLinks.Load() && s.noReflinks.Load() {
		return false, nil
	}
	f, st := s.open(name)
	if f == nil {
		return false, nil // the usual case
	}
	defer f.Close() //nolint:errcheck // open for reading
	if st.Size != size {
		b.pool.damagedSource(s, name, fmt.Errorf("%d bytes, want %d", st.Size, size))
		return false, nil
	}
	if st.Nlink < mostLinks && ours(st) && !s.noLinks.Load() {
		if !b.rightSource(s, name, f, d) {
			return false, nil
		}
		found, err = b.linkSource(s, f, d, name)
	}
	if !found && err == nil && !s.noReflinks.Load() {
		found, err = b.reflinkSource(s, f, d, name)
	}
	return found, err
}

// open opens a regular file of a source. It returns nil if there is none.
func (s *source) open(name string) (f *os.File, st *unix.Stat_t) {
	// A fifo must not block.
	const flags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_NOCTTY | unix.O_CLOEXEC
	fd, err := unix.Openat(int(s.dir.Fd()), name, flags, 0)
	if err != nil {
		return nil, nil
	}
	st = new(unix.Stat_t)
	if err = unix.Fstat(fd, st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		_ = unix.Close(fd) // open for reading
		return nil, nil
	}
	return os.NewFile(uintptr(fd), name), st
}

// ours reports whether no other user may change a file.
func ours(st *unix.Stat_t) bool { return st.Uid == uint32(os.Geteuid()) && st.Mode&0o022 == 0 }

// rightSource reports whether an open file has the digest d: as the kernel measures it if the file is
// sealed, or else of its content.
func (b *Batch) rightSource(s *source, name string, f *os.File, d verity.Digest) bool {
	got, _, err := d.Algorithm().MeasureOrSum(f)
	if err == nil && got != d {
		err = wrongContent(got)
	}
	if err != nil {
		b.pool.damagedSource(s, name, err)
	}
	return err == nil
}

// linkSource links an open file of a source into the layer. It links the descriptor, which is the file
// that was verified. A file that was removed from its source meanwhile cannot be linked.
func (b *Batch) linkSource(s *source, f *os.File, d verity.Digest, name string) (found bool, err error) {
	err = files.Link(f, b.fd(), name)
	switch {
	case err == nil:
		b.took(d)
		return true, nil
	case errors.Is(err, unix.EEXIST): // another caller has added it in the meantime
		return true, nil
	case errors.Is(err, unix.EXDEV):
		s.noLinks.Store(true)
	}
	return false, nil
}

// reflinkSource makes the object a reflink of an open file of a source. It verifies the reflink, because
// other users may change the file.
func (b *Batch) reflinkSource(s *source, f *os.File, d verity.Digest, name string) (found bool, err error) {
	temp := temporary()
	fd, err := b.createFile(temp)
	if err != nil {
		return false, err
	}
	cloning := unix.IoctlFileClone(fd, int(f.Fd()))
	for _, never := range []error{unix.EXDEV, unix.EOPNOTSUPP, unix.ENOTTY, unix.ENOSYS} {
		if errors.Is(cloning, never) {
			s.noReflinks.Store(true)
		}
	}
	err = b.closeFile(fd)
	if err != nil || cloning != nil || !b.rightReflink(s, temp, d, name) {
		return false, files.WithCleanup(err, b.unlink(temp))
	}
	if found, err = b.settle(temp, name); err == nil && !found {
		b.took(d)
	}
	return err == nil, err
}

// rightReflink reports whether the layer's file temp, a reflink of a file of a source, has the digest d.
func (b *Batch) rightReflink(s *source, temp string, d verity.Digest, name string) bool {
	f, err := openObject(b.fd(), temp)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // open for reading
	return b.rightSource(s, name, f, d)
}

// took counts an object of a source, and has Commit publish it.
func (b *Batch) took(d verity.Digest) {
	b.linked.Add(1)
	b.queue(d, false)
}

// damagedSource reports a damaged file of a source.
func (p *Pool) damagedSource(s *source, name string, err error) {
	if p.reportDamaged != nil {
		p.reportDamaged(s.path, fmt.Errorf("%s/%s: %w", s.path, name, err))
	}
}
