package needs

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Disk returns a temporary directory that is on a disk, where overlayfs can write and
// EROFS images can be mounted from files, or ends the test.
func Disk(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.TempDir(), "/var/tmp"} {
		var fs unix.Statfs_t
		if err := unix.Statfs(dir, &fs); err == nil && fs.Type != unix.TMPFS_MAGIC && fs.Type != unix.OVERLAYFS_SUPER_MAGIC {
			return dir
		}
	}
	missing(t, "a temporary directory on a disk, in TMPDIR,")
	return ""
}
