package mountinfo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Namespaces returns the mount tables of all mount namespaces with processes, the namespace of this
// process first. It skips processes that have ended, and processes that this one may not inspect:
// those outside its container or with more capabilities. Any other error ends it.
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

// hidden reports whether an error means that the process has ended or may not be inspected. The kernel
// returns EINVAL for zombies, which have no namespace.
func hidden(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) || errors.Is(err, syscall.EINVAL) ||
		errors.Is(err, fs.ErrPermission)
}
