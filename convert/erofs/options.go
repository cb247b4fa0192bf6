package erofs

// Format is a version of the composefs format. V0 and V1 differ in a word of the header, and V1
// also marks a directory with escaped whiteouts as opaque, for kernels that support no other mark.
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

	// Layer is V1 for a layer image, which is merged or stacked. Whiteouts and opaque
	// directories are those of overlayfs and take effect, the names 00 to ff in the root are not
	// hidden, and a file may have both content and digest. mkcomposefs has no such format, but
	// readers of its images can read layer images.
	Layer
)

// Options control [Write]. The zero value is mkcomposefs without options.
type Options struct {
	Format Format

	// UUID is that of the file system. overlayfs finds the origin of a written file again only if not
	// more than one of its lower file systems has no UUID.
	UUID [16]byte

	// MkcomposefsBudget refuses, with [ErrXattrBudget], the few trees that mkcomposefs refuses
	// because it miscounts the xattrs of whiteouts. It does not change the bytes of accepted
	// trees.
	MkcomposefsBudget bool
}
