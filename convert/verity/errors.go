package verity

import "errors"

// Reasons why the kernel enforces no fs-verity digest of a file.
var (
	// ErrFilesystem: the file system cannot hold fs-verity files, or its feature is off (for
	// ext4: tune2fs -O verity).
	ErrFilesystem = errors.New("the file system does not support fs-verity")

	// ErrKernel: the kernel was built without CONFIG_FS_VERITY.
	ErrKernel = errors.New("the kernel does not support fs-verity")

	// ErrNotEnabled: fs-verity is not enabled on the file.
	ErrNotEnabled = errors.New("fs-verity is not enabled on the file")
)

// Absent reports whether err means that a file has no fs-verity, for one of these reasons.
func Absent(err error) bool {
	return errors.Is(err, ErrNotEnabled) || errors.Is(err, ErrFilesystem) || errors.Is(err, ErrKernel)
}
