package erofs

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Cursor reads single directories and files of an image, in any order. As in [Image.Walk], a
// whiteout with several names may appear as the empty file by which the image represents it. The
// memory limit of a cursor allows one Node call for each directory and entry of a sound image. A
// cursor may not be used concurrently.
type Cursor struct {
	reader *reader
	seen   map[uint64]*tree.Inode // files by nid, for those with several names
}

// Cursor returns a cursor on the image.
func (m *Image) Cursor() *Cursor {
	return &Cursor{reader: m.newReader(streamWindow), seen: map[uint64]*tree.Inode{}}
}

// Node is an inode that a [Cursor] has read. The inode of a directory has no
// entries.
type Node struct {
	*tree.Inode
	record  record
	marked  bool    // a directory with escaped whiteouts
	entries []entry // of a directory, read with it because they follow it in the image
}

// Len returns the number of entries of a directory.
func (n *Node) Len() int { return len(n.entries) }

// DirEntry is a name in a directory. Its inode is not read yet.
type DirEntry struct {
	Name string

	// Type is the file type in the image: [tree.TypeChar] for a whiteout of a layer,
	// [tree.TypeRegular] for an escaped one.
	Type uint32

	nid uint64
}

// Root reads the root directory.
func (c *Cursor) Root() (Node, error) {
	n, err := c.read(uint64(c.reader.super.RootNid))
	if err == nil && !n.IsDir() {
		err = fmt.Errorf("%w: the root has mode %#o", ErrCorrupt, n.Mode)
	}
	return n, err
}

// Node reads the inode of an entry of dir. All names of a file give the same inode.
func (c *Cursor) Node(dir Node, e DirEntry) (Node, error) {
	if inode, ok := c.seen[e.nid]; ok {
		inode.Nlink = max(inode.Nlink, 2) // even if the image has 1
		mode := inode.Mode
		if inode.IsWhiteout() { // it was escaped
			mode = tree.TypeRegular
		}
		return Node{Inode: inode}, checkType(dir, e, mode)
	}
	n, err := c.read(e.nid)
	if err == nil {
		err = checkType(dir, e, n.Mode)
	}
	if err != nil {
		return Node{}, err
	}
	if n.IsWhiteout() {
		return Node{}, fmt.Errorf("directory %d: %w: whiteout %q is not escaped", dir.record.nid, ErrUnsupported, e.Name)
	}
	if !n.IsDir() {
		reveal(n.Inode, dir.marked)
		c.seen[e.nid] = n.Inode
	}
	return n, nil
}

// checkType returns ErrCorrupt if an entry has another type than its inode.
func checkType(dir Node, e DirEntry, mode uint32) error {
	if fileType(mode) != fileType(e.Type) {
		return fmt.Errorf("directory %d: %w: entry %q is inode %d of another type",
			dir.record.nid, ErrCorrupt, e.Name, e.nid)
	}
	return nil
}

func (c *Cursor) read(nid uint64) (Node, error) {
	rec, inode, err := c.reader.newInode(nid)
	if err != nil {
		return Node{}, err
	}
	n := Node{Inode: inode, record: rec, marked: c.reader.unmark(inode)}
	if !n.IsDir() {
		return n, nil
	}
	if n.Dir == nil {
		n.Dir = new(tree.Dir)
	}
	n.entries, _, err = c.reader.readDir(&rec)
	return n, err
}

// Entries returns the entries of a directory, in name order.
func (c *Cursor) Entries(dir Node) ([]DirEntry, error) {
	generated := !c.reader.layer && dir.record.nid == uint64(c.reader.super.RootNid)
	list := make([]DirEntry, 0, len(dir.entries))
	for _, e := range dir.entries {
		if generated && e.fileType == disk.FTChar && isHexName(e.name) {
			rec, err := c.reader.record(e.nid)
			if err != nil {
				return nil, err
			}
			if rec.U == 0 {
				continue
			}
		}
		list = append(list, DirEntry{Name: e.name, Type: modeType(e.fileType), nid: e.nid})
	}
	return list, nil
}

// modeType is the inverse of fileType except for whiteouts. It returns 0 for an unknown type.
func modeType(entryType uint8) uint32 {
	for bits := range uint32(len(fileTypes) - 2) { // whiteouts come last
		if fileTypes[bits] == entryType {
			return bits << 12
		}
	}
	return 0
}
