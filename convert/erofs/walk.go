package erofs

import (
	"errors"
	"io/fs"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Walk calls fn for every path of the image, depth first, a directory before its entries, entries
// in name order. It reads the image during the walk. All names of an inode have the same nid. The
// Dir of a directory has no entries; it may be nil.
//
// If fn returns [fs.SkipDir] for a directory, Walk skips its entries; Walk stops at any other error
// and returns it. It enters a directory with several names, which mkcomposefs makes of some dumps,
// only once.
//
// Walk does not determine which of several names of an inode is the real entry: only [Image.Tree], which
// reads the whole image, does. For the same reason a whiteout with several names may appear as the
// empty file by which the image represents it.
func (m *Image) Walk(fn func(path string, nid uint64, n *tree.Inode) error) error {
	w := walker{reader: m.newReader(streamWindow), fn: fn, seen: map[uint64]*tree.Inode{}, dirs: map[uint64]unentered{}}
	root := uint64(m.super.RootNid)
	n, err := w.inode(root)
	if err != nil {
		return err
	}
	if err := w.visit("/", root, n); err != nil {
		return err
	}
	for len(w.stack) > 0 {
		top := &w.stack[len(w.stack)-1]
		if len(top.entries) == 0 {
			w.stack = w.stack[:len(w.stack)-1]
			continue
		}
		e := top.entries[0]
		top.entries = top.entries[1:]
		n, err := w.inode(e.nid)
		if err != nil {
			return err
		}
		if top.nid == root && isGenerated(e.name, n) {
			continue
		}
		reveal(n, top.marked)
		if err := w.visit(top.prefix+"/"+e.name, e.nid, n); err != nil {
			return err
		}
	}
	return nil
}

// walker is the state of a walk.
type walker struct {
	*reader
	fn    func(path string, nid uint64, n *tree.Inode) error
	stack []walkedDir
	seen  map[uint64]*tree.Inode
	dirs  map[uint64]unentered
}

// unentered is a directory that the walk has found but not entered.
type unentered struct {
	record
	marked bool // holds escaped whiteouts
}

// walkedDir is a directory whose entries are being visited.
type walkedDir struct {
	prefix  string // its path, "" for the root
	nid     uint64
	marked  bool // holds escaped whiteouts
	entries []entry
}

// inode reads the inode at nid, each only once: a hostile image could give a costly inode a
// million names.
func (w *walker) inode(nid uint64) (*tree.Inode, error) {
	if n, ok := w.seen[nid]; ok {
		return n, nil
	}
	rec, n, err := w.newInode(nid)
	if err != nil {
		return nil, err
	}
	w.seen[nid] = n
	if rec.isDir() {
		w.dirs[nid] = unentered{rec, w.unmark(n)}
	}
	return n, nil
}

// visit calls fn, and opens n if it is a directory.
func (w *walker) visit(path string, nid uint64, n *tree.Inode) error {
	err := w.fn(path, nid, n)
	if n.IsDir() && errors.Is(err, fs.SkipDir) {
		return nil
	}
	dir, ok := w.dirs[nid]
	if err != nil || !ok {
		return err
	}
	delete(w.dirs, nid)
	entries, _, err := w.readDir(&dir.record)
	if err != nil {
		return err
	}
	if path == "/" {
		path = ""
	}
	w.stack = append(w.stack, walkedDir{path, nid, dir.marked, entries})
	return nil
}
