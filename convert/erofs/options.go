package erofs

import "github.com/composefs-storage/composefs-storage/convert/tree"

// Format is a version of the composefs format. The two differ in a word of the
// header, and in that V1 marks a directory that holds escaped whiteouts as
// opaque too, for kernels that know no other mark.
type Format int

// The formats that [Write] makes.
const (
	// Auto is V1 if the tree contains a whiteout and V0 otherwise, as
	// mkcomposefs without options.
	Auto Format = iota
	// V0 is mkcomposefs --min-version=0 --max-version=0.
	V0
	// V1 is mkcomposefs --min-version=1, and the default of composefs-rs.
	V1

	// Layer is V1 for the image of a single layer, to be merged or stacked. Its own
	// whiteouts and opaque directories are in effect, as overlayfs has them, the
	// names 00 to ff in the root are not hidden, and a file may have content and
	// digest both. mkcomposefs has no such format, but what reads its images reads
	// these.
	Layer
)

// Options control [Write]. The zero value is mkcomposefs without options.
type Options struct {
	Format Format

	// MkcomposefsBudget refuses, with [ErrXattrBudget], the few trees that
	// mkcomposefs refuses because it miscounts the xattrs of whiteouts. The
	// bytes of accepted trees do not depend on it.
	MkcomposefsBudget bool

	// Objects says what the image says of the object of an external file that has a
	// digest: the values of trusted.overlay.metacopy and trusted.overlay.redirect. nil
	// means what the digest says. It serves to name objects by another algorithm, and
	// takes more memory.
	Objects func(n *tree.Inode) (metacopy, redirect string)
}
