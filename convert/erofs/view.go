package erofs

import (
	"fmt"
	"io"
	"io/fs"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// View reads single inodes of an image in memory and shows them as the kernel's EROFS does: with the
// whiteouts in the root, and with all xattrs on which overlayfs acts. A node id names an inode, as in the
// kernel. A View keeps nothing, so another View of the same bytes can answer the next question, and its
// methods may be called concurrently.
//
// Each method reads a bounded part of the image and allocates a constant amount of memory. No input
// makes it panic.
type View struct{ access }

// NewView returns a view of the image b, which must not change. It checks the headers only.
func NewView(b []byte) (*View, error) {
	m, err := Open(memory(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return &View{access{Image: m, inodes: memory(b), data: memory(b)}}, nil
}

// memory is an image in memory.
type memory []byte

func (b memory) view(offset int64, n int) ([]byte, error) {
	if n < 0 || offset < 0 || offset > int64(len(b)) || int64(n) > int64(len(b))-offset {
		return nil, fmt.Errorf("%w: %d bytes at %d are beyond its end at %d", ErrCorrupt, n, offset, len(b))
	}
	return b[offset : offset+int64(n) : offset+int64(n)], nil
}

// ReadAt implements [io.ReaderAt].
func (b memory) ReadAt(p []byte, offset int64) (int, error) {
	n := copy(p, b[min(max(offset, 0), int64(len(b))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Stat is an inode as stat(2) shows it.
type Stat struct {
	Nid       uint64
	Mode      uint32 // with the type, as in tree.Inode
	Nlink     uint32
	UID, GID  uint32
	Rdev      uint32
	Size      uint64
	MtimeSec  int64
	MtimeNsec uint32

	record record
}

// IsDir reports whether the inode is a directory.
func (s *Stat) IsDir() bool { return s.record.isDir() }

// External reports whether the content of the file is in an object.
func (s *Stat) External() bool { return s.record.Layout == disk.ChunkBased }

// Root returns the node id of the root directory.
func (v *View) Root() uint64 { return uint64(v.super.RootNid) }

// Inodes returns the number of inodes, as the image states it.
func (v *View) Inodes() uint64 { return v.super.Inodes }

// Blocks returns the number of blocks of 4096 bytes.
func (v *View) Blocks() uint64 { return uint64(v.super.Blocks) }

// Stat reads the inode with a node id.
func (v *View) Stat(nid uint64) (Stat, error) {
	rec, err := v.record(nid)
	if err != nil {
		return Stat{}, err
	}
	s := Stat{
		Nid: nid, Mode: uint32(rec.Mode), Nlink: rec.Nlink, UID: rec.UID, GID: rec.GID, Size: rec.Size,
		MtimeSec: rec.Mtime, MtimeNsec: rec.MtimeNsec, record: rec,
	}
	if t := s.Mode & tree.TypeMask; t == tree.TypeChar || t == tree.TypeBlock {
		s.Rdev = rec.U
	}
	return s, nil
}

// Lookup returns the node id of a name in a directory. The error is [fs.ErrNotExist] if the name is missing.
func (v *View) Lookup(dir *Stat, name string) (uint64, error) {
	if name == "." || name == ".." {
		return 0, fs.ErrNotExist
	}
	return v.lookup(&dir.record, name)
}

// ViewEntry is an entry of a directory, "." and ".." included.
type ViewEntry struct {
	Name []byte // valid as long as the image
	Nid  uint64
	Type uint32 // as in the mode of an inode; 0 if the image has none

	// Next is the position of the entry behind this one.
	Next uint64
}

// A position is the number of a block and, in its last bits, that of an entry in the block.
const positionBits = 9 // a block has at most 341 entries

// Entries passes on the entries of a directory from a position, 0 or a Next, until yield returns false.
func (v *View) Entries(dir *Stat, position uint64, yield func(ViewEntry) bool) error {
	blocks, err := dirBlocks(&dir.record)
	if err != nil {
		return err
	}
	first := int(position & (1<<positionBits - 1))
	for i := position >> positionBits; i < uint64(blocks); i++ {
		block, err := v.dirBlock(&dir.record, int64(i))
		if err != nil {
			return err
		}
		for k := first; k < block.count; k++ {
			d, name := block.dirent(k), block.name(k)
			if err := checkEntryName(name); err != nil {
				return fmt.Errorf("directory %d: %w", dir.Nid, err)
			}
			if !yield(ViewEntry{Name: name, Nid: d.Nid, Type: modeType(d.FileType), Next: i<<positionBits + uint64(k) + 1}) {
				return nil
			}
		}
		first = 0
	}
	return nil
}

// checkEntryName returns ErrCorrupt for a name that no directory may show.
func checkEntryName(name []byte) error {
	if s := string(name); s == "." || s == ".." {
		return nil
	}
	if err := tree.CheckName(string(name)); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// ReadAt reads the content of a file that is in the image, or the target of a symlink. At its end it returns
// less than len(p) and no error. It returns [ErrUnsupported] for a file whose content is in an object.
func (v *View) ReadAt(s *Stat, p []byte, offset uint64) (n int, err error) {
	if s.External() {
		return 0, fmt.Errorf("inode %d: %w: its content is in an object", s.Nid, ErrUnsupported)
	}
	for offset < s.Size && n < len(p) {
		b, err := v.block(&s.record, int64(offset/disk.BlockSize))
		if err != nil {
			return 0, fmt.Errorf("inode %d: %w", s.Nid, err)
		}
		k := copy(p[n:], b[min(offset%disk.BlockSize, uint64(len(b))):])
		if k == 0 {
			break
		}
		n, offset = n+k, offset+uint64(k)
	}
	return n, nil
}

// ViewXattr is an xattr of an inode. Its name is Prefix and Suffix. They and the value are valid as long
// as the image.
type ViewXattr struct {
	Prefix        string
	Suffix, Value []byte
}

// Is reports whether the xattr has a name.
func (x *ViewXattr) Is(name string) bool {
	return len(name) == len(x.Prefix)+len(x.Suffix) && name[:len(x.Prefix)] == x.Prefix && name[len(x.Prefix):] == string(x.Suffix)
}

// Xattrs passes on the xattrs of an inode until yield returns false.
func (v *View) Xattrs(s *Stat, yield func(ViewXattr) bool) error {
	return v.eachXattr(&s.record, v.data, func(x ViewXattr) (bool, error) { return yield(x), nil })
}
