package erofs

import (
	"io"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Write writes the image of t to w in one stream and returns its size in bytes,
// a multiple of 4096. The bytes depend on nothing but t and opts.Format. To get
// the image's digest, let w be a verity.Hash or tee into one.
//
// t is not changed. A tree that has no image gives an *[EntryError] before
// anything is written; errors of w are returned as they are.
//
// Memory beyond the tree itself: about 50 bytes for each inode, and the xattrs
// that inodes share.
func Write(w io.Writer, t *tree.Tree, opts Options) (int64, error) {
	p, err := newPlan(t, opts)
	if err != nil {
		return 0, err
	}
	p.collectShared()
	if err := p.emit(&output{measuring: true}); err != nil {
		return 0, err
	}
	o := &output{w: w}
	if err := p.emit(o); err != nil {
		return 0, err
	}
	return o.offset, o.flush()
}
