package erofs

import (
	"errors"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
)

// Errors of the reader. Both are wrapped with details.
var (
	// ErrCorrupt: the bytes contradict themselves or point outside the image.
	ErrCorrupt = errors.New("corrupt composefs image")

	// ErrUnsupported: the image may be sound, but does not have format version 0 or 1 with
	// sha256 digests.
	ErrUnsupported = errors.New("unsupported composefs image")
)

// Image is an opened image. Its methods may be called concurrently if the
// underlying reader allows that.
type Image struct {
	r       io.ReaderAt
	size    int64
	version uint32
	layer   bool // the format is Layer
	acl     bool // an inode has a POSIX ACL, as the header states
	super   disk.Superblock
}

// Open reads the headers of the image in the first size bytes of r, a file or a memory map. The
// methods of the image read the rest as they need it.
//
// No input makes the package panic. A call allocates at most [MemoryFactor] times the image's size
// and a constant.
func Open(r io.ReaderAt, size int64) (*Image, error) {
	m := &Image{r: r, size: size}
	w := window{image: m, least: disk.InodesOffset}
	b, err := w.view(0, disk.InodesOffset)
	if err != nil {
		return nil, err
	}
	header := disk.GetHeader(b)
	m.version = header.ComposefsVersion
	m.layer = header.Flags&disk.HeaderLayer != 0
	m.acl = header.Flags&disk.HeaderHasACL != 0
	m.super = disk.GetSuperblock(b[disk.SuperblockOffset:])
	switch {
	case header.Magic != disk.ComposefsMagic:
		return nil, fmt.Errorf("%w: no composefs magic at the start", ErrCorrupt)
	case m.super.Magic != disk.SuperMagic:
		return nil, fmt.Errorf("%w: no EROFS magic at byte %d", ErrCorrupt, disk.SuperblockOffset)
	case header.Version != disk.HeaderVersion || m.version > 1:
		return nil, fmt.Errorf("%w: format version %d (header %d)", ErrUnsupported, m.version, header.Version)
	case m.layer && m.version != 1:
		return nil, fmt.Errorf("%w: a layer with format version %d", ErrUnsupported, m.version)
	case m.super.BlockBits != disk.BlockBits:
		return nil, fmt.Errorf("%w: block size 2^%d", ErrUnsupported, m.super.BlockBits)
	case m.super.FeatureIncompat != 0:
		return nil, fmt.Errorf("%w: EROFS features %#x", ErrUnsupported, m.super.FeatureIncompat)
	case m.super.MetaBlock != 0:
		return nil, fmt.Errorf("%w: inodes begin at block %d", ErrUnsupported, m.super.MetaBlock)
	case int64(m.super.Blocks)*disk.BlockSize != size:
		return nil, fmt.Errorf("%w: %d blocks in %d bytes", ErrCorrupt, m.super.Blocks, size)
	}
	return m, nil
}

// UUID returns the UUID of the image, zeros for none. Images of earlier versions have none.
func (m *Image) UUID() [16]byte { return m.super.UUID }

// Format returns [V0], [V1] or [Layer].
func (m *Image) Format() Format {
	switch {
	case m.layer:
		return Layer
	case m.version == 0:
		return V0
	}
	return V1
}

// HasACL reports whether an inode has a POSIX ACL, as the header states.
func (m *Image) HasACL() bool { return m.acl }

// Size returns the image's size in bytes.
func (m *Image) Size() int64 { return m.size }

// window reads an image piecewise. It keeps the last piece, so that reading in
// ascending order costs few calls.
type window struct {
	image *Image
	least int // minimum number of bytes of a read
	buf   []byte
	start int64
}

// view returns n bytes at an offset, valid until the next call. It returns ErrCorrupt if they are
// beyond the image's end.
func (w *window) view(offset int64, n int) ([]byte, error) {
	size := w.image.size
	if n < 0 || offset < 0 || offset > size || int64(n) > size-offset {
		return nil, fmt.Errorf("%w: %d bytes at %d are beyond its end at %d", ErrCorrupt, n, offset, size)
	}
	if i := offset - w.start; i >= 0 && i+int64(n) <= int64(len(w.buf)) {
		return w.buf[i : i+int64(n)], nil
	}
	// Start at a block, so that small steps back stay in the window.
	start := offset - offset%disk.BlockSize
	length := int(min(max(int64(w.least), offset-start+int64(n)), size-start))
	if cap(w.buf) < length {
		w.buf = make([]byte, length)
	}
	w.buf, w.start = w.buf[:length], start
	if err := w.image.readAt(w.buf, start); err != nil {
		w.buf = w.buf[:0]
		return nil, err
	}
	i := offset - start
	return w.buf[i : i+int64(n)], nil
}

// readAt fills b with bytes that are within the image.
func (m *Image) readAt(b []byte, start int64) error {
	got, err := m.r.ReadAt(b, start)
	if got == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes of the image at %d: %w", len(b), start, err)
}
