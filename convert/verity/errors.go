package verity

import "errors"

// Why a file has no fs-verity digest that the kernel enforces.
var (
	// ErrFilesystem: this file system cannot hold fs-verity files, or its
	// feature is off (for ext4: tune2fs -O verity).
	ErrFilesystem = errors.New("the file system does not support fs-verity")

	// ErrKernel: the kernel was built without CONFIG_FS_VERITY.
	ErrKernel = errors.New("the kernel does not support fs-verity")

	// ErrNotEnabled: the file could have fs-verity but has not.
	ErrNotEnabled = errors.New("fs-verity is not enabled on the file")
)

// Absent reports whether an error says that a file has no fs-verity, for one of these
// reasons, and nothing else is wrong with it.
func Absent(err error) bool {
	return errors.Is(err, ErrNotEnabled) || errors.Is(err, ErrFilesystem) || errors.Is(err, ErrKernel)
}
