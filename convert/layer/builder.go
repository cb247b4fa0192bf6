package layer

import (
	"archive/tar"
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Builder makes the tree of a layer from its entries, by the rules in the package comment. [Read]
// uses it for a tar, convert/toc for a table of contents. It may not be used concurrently.
//
// Tree sets Entry.Link of hard links at the end.
type Builder struct {
	tree     *tree.Tree
	keep     func(name string, n *tree.Inode) error
	whiteout *tree.Inode // the one inode of all whiteouts
	linked   bool        // the layer has hard links

	// The directory of the last entry: entries of one directory usually follow each other.
	lastPath string
	lastDir  *tree.Inode

	lastXattrs tree.Xattrs // files with equal xattrs share them

	inodes tree.Allocator
	names  names
}

// NewBuilder returns a Builder without entries. [Builder.Add] calls keep for each regular file of
// at least one byte; name is that of the entry. keep has the inode's Digest, Payload and Content
// set before the tree is used. The Builder does not touch them, so other goroutines may set them.
// Digest points to a digest of zeros to be overwritten.
func NewBuilder(keep func(name string, n *tree.Inode) error) *Builder {
	root := tree.NewDir(rootPerm)
	root.Dir.Implied = true
	return &Builder{tree: &tree.Tree{Root: root}, keep: keep, whiteout: tree.NewWhiteout()}
}

// Add adds an entry with a header of archive/tar, whose names contain no NUL bytes. It does not
// keep the header. The error names the entry; the tree is of no use after an error.
func (b *Builder) Add(hdr *tar.Header) error {
	if err := b.entry(hdr); err != nil {
		return fmt.Errorf("entry %q: %w", hdr.Name, err)
	}
	return nil
}

// Tree returns the tree of all added entries. The Builder may not be used afterwards.
func (b *Builder) Tree() *tree.Tree {
	if b.linked {
		b.tree.Relink()
	}
	return b.tree
}
