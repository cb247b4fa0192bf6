package layer

import (
	"archive/tar"
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Builder makes the tree of a layer from its entries, by the rules that the package
// comment tells. [Read] is one over a tar; convert/toc is one over a list.
//
// Until the end it leaves Entry.Link alone; Relink then sees to it.
type Builder struct {
	tree     *tree.Tree
	keep     func(name string, n *tree.Inode) error
	whiteout *tree.Inode // the one inode of all whiteouts
	linked   bool        // there are hard links

	// The directory of the last entry, since entries of one directory come
	// together.
	lastPath string
	lastDir  *tree.Inode

	lastXattrs tree.Xattrs // files with equal xattrs share them
}

// NewBuilder returns a Builder that has no entries so far. It calls keep for each
// regular file of at least one byte, from [Builder.Add] and in its order, to see to the
// content: before the tree is used the inode's Digest, Payload and Content must be set,
// of which a Builder takes no notice, so that this may be done in other goroutines.
// Digest points to a digest of zeros to be overwritten. name is that of the entry.
func NewBuilder(keep func(name string, n *tree.Inode) error) *Builder {
	root := tree.NewDir(rootPerm)
	root.Dir.Implied = true
	return &Builder{tree: &tree.Tree{Root: root}, keep: keep, whiteout: tree.NewWhiteout()}
}

// Add adds an entry, with a header as archive/tar makes it: there are no NUL bytes in
// names. It does not keep the header. The error names the entry; after one there is no
// tree.
func (b *Builder) Add(hdr *tar.Header) error {
	if err := b.entry(hdr); err != nil {
		return fmt.Errorf("entry %q: %w", hdr.Name, err)
	}
	return nil
}

// Tree returns the tree of all entries that were added. The Builder is of no use
// afterwards.
func (b *Builder) Tree() *tree.Tree {
	if b.linked {
		b.tree.Relink()
	}
	return b.tree
}
