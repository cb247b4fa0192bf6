package mountinfo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Namespaces returns the mount tables of all mount namespaces that have processes, that of
// this process first. It passes over processes that end while it reads, and processes that
// this one may not look at: outside of its container, or with more capabilities. After any
// other error it is not known what is mounted.
func Namespaces() (tables [][]Mount, err error) {
	seen := map[string]bool{}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	for _, process := range append([]string{"/proc/self"}, processes...) {
		namespace, err := os.Readlink(process + "/ns/mnt")
		if err == nil && seen[namespace] {
			continue
		}
		var table []Mount
		if err == nil {
			table, err = read(process + "/mountinfo")
		}
		if hidden(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen[namespace] = true
		tables = append(tables, table)
	}
	return tables, nil
}

// hidden reports whether an error means that the process has ended, or may not be looked at.
// EINVAL is the kernel's answer for zombies, which have no namespace any more.
func hidden(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EINVAL) ||
		errors.Is(err, fs.ErrPermission)
}
