package erofs

import (
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// streamWindow is the number of bytes of a read for operations that read a whole image.
const streamWindow = 64 << 10

// Tree reads the whole image into memory. Writing the tree in the image's [Image.Format] gives the
// same bytes if Write or mkcomposefs made the image. The Size of a directory is its encoded size.
//
// Inodes are numbered in the order of their real entries, so the number of an inode identifies the
// real one of its names. Where two names would give the same image, the first in that order is
// taken. Tree returns ErrCorrupt for an image with another order.
func (m *Image) Tree() (*tree.Tree, error) {
	l := loader{reader: m.newReader(streamWindow), seen: map[uint64]loaded{}}
	root, err := l.load(uint64(m.super.RootNid))
	if err != nil {
		return nil, err
	}
	if root.dir == nil || root.ino != 0 {
		return nil, fmt.Errorf("%w: the root is inode number %d with mode %#o", ErrCorrupt, root.ino, root.inode.Mode)
	}
	l.next = 1
	for l.queue = []*loadedDir{root.dir}; len(l.queue) > 0; {
		dir := l.queue[0]
		l.queue = l.queue[1:]
		if err := l.fill(dir); err != nil {
			return nil, err
		}
	}
	if l.next != uint64(len(l.seen)) || l.next != m.super.Inodes {
		return nil, fmt.Errorf("%w: %d inodes found, %d of them in order, %d announced",
			ErrCorrupt, len(l.seen), l.next, m.super.Inodes)
	}
	return &tree.Tree{Root: root.inode}, nil
}

// loader reads an image breadth first, the order in which it was written.
type loader struct {
	*reader
	seen  map[uint64]loaded // by nid
	next  uint64            // number of the next inode in order
	queue []*loadedDir      // directories whose entries are not in the tree yet
}

// loaded is an inode that was read.
type loaded struct {
	inode    *tree.Inode
	dir      *loadedDir // of a directory
	ino      uint32
	fileType uint8 // in the image, where whiteouts are escaped
	whiteout bool  // character device 0:0
}

// loadedDir is a directory that was read.
type loadedDir struct {
	inode   *tree.Inode
	nid     uint64
	parent  uint64  // nid of ".."
	entries []entry // until they are in the tree
}

// load reads the inode at nid once.
func (l *loader) load(nid uint64) (loaded, error) {
	if n, ok := l.seen[nid]; ok {
		return n, nil
	}
	rec, inode, err := l.newInode(nid)
	if err != nil {
		return loaded{}, err
	}
	n := loaded{inode: inode, ino: rec.Ino, fileType: fileType(inode.Mode), whiteout: inode.IsWhiteout()}
	if rec.isDir() {
		n.dir = &loadedDir{inode: inode, nid: nid}
		if inode.Dir == nil {
			inode.Dir = new(tree.Dir)
		}
		if n.dir.entries, n.dir.parent, err = l.readDir(&rec); err != nil {
			return loaded{}, err
		}
	}
	l.seen[nid] = n
	return n, nil
}

// fill adds the entries of a directory to the tree.
func (l *loader) fill(dir *loadedDir) error {
	marks := whiteoutDirMarks[l.version]
	marked, revealed := hasMarks(dir.inode.Xattrs, marks), false
	isRoot := dir.nid == uint64(l.super.RootNid)
	for _, e := range dir.entries {
		n, err := l.load(e.nid)
		if err != nil {
			return err
		}
		if n.fileType != e.fileType {
			return fmt.Errorf("directory %d: %w: entry %q of type %d is inode %d of type %d",
				dir.nid, ErrCorrupt, e.name, e.fileType, e.nid, n.fileType)
		}
		// Inodes are numbered in the order of their real entries.
		real := uint64(n.ino) == l.next && (n.dir == nil || n.dir.parent == dir.nid)
		if real {
			l.next++
			if isRoot && isGenerated(e.name, n.inode) {
				continue
			}
			if n.dir != nil {
				l.queue = append(l.queue, n.dir)
			}
			revealed = reveal(n.inode, marked) || revealed
		}
		if n.whiteout {
			return fmt.Errorf("directory %d: %w: whiteout %q is not escaped", dir.nid, ErrUnsupported, e.name)
		}
		if err := dir.inode.Dir.Add(tree.Entry{Name: e.name, Inode: n.inode, Link: !real}); err != nil {
			return fmt.Errorf("directory %d: %w: %w", dir.nid, ErrCorrupt, err)
		}
	}
	dir.entries = nil
	if revealed {
		dir.inode.Xattrs = withoutMarks(dir.inode.Xattrs, marks)
	}
	return nil
}
