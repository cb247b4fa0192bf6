//go:build linux

package feature

import (
	"errors"
	"fmt"

	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// originRoom is an upper limit for the bytes of trusted.overlay.origin, without root user.overlay.origin,
// which overlayfs adds to a file that it copies up: 21 and a file handle (struct ovl_fb of Linux).
const originRoom = 64

// HoldsXattrs reports whether a file in dir can have these xattrs and the one that overlayfs adds when
// it copies the file up. It tries this with a file without a name.
func HoldsXattrs(dir string, xattrs tree.Xattrs) (bool, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return false, fmt.Errorf("make a temporary file: %w", err)
	}
	defer unix.Close(fd) //nolint:errcheck // nothing was written
	prefix := "trusted."
	if unshare.IsRootless() {
		prefix = "user."
	}
	for _, x := range xattrs.With(prefix+"overlay.origin", string(make([]byte, originRoom))) {
		name := x.Name
		if name == "system.posix_acl_default" { // only directories can have it
			name = prefix + "posix_acl_default"
		}
		err := unix.Fsetxattr(fd, name, []byte(x.Value), 0)
		if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.E2BIG) || errors.Is(err, unix.ERANGE) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("set xattr %q: %w", x.Name, err)
		}
	}
	return true, nil
}
