//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// steps are the changes that a mutator makes. Each does nothing if there is nothing to
// do it to.
var steps = []func(*mutator){
	(*mutator).write, (*mutator).write, (*mutator).append, (*mutator).truncate, (*mutator).chmod, (*mutator).chmod,
	(*mutator).chown, (*mutator).touch, (*mutator).setxattr, (*mutator).unsetxattr, (*mutator).mkdir, (*mutator).mkdir,
	(*mutator).rmdir, (*mutator).rename, (*mutator).renameDir, (*mutator).unlink, (*mutator).unlink, (*mutator).link,
	(*mutator).symlink, (*mutator).mknod, (*mutator).dirToFile, (*mutator).fileToDir, (*mutator).recreate,
}

func (m *mutator) write() {
	path := m.fresh()
	if m.oneIn(2) {
		path = m.file(regular)
	}
	if k, ok := m.kinds[path]; path == "" || ok && !k.IsRegular() {
		return
	}
	content, stamp := m.content(), m.stamp()
	m.do("write "+path, func(root string) error {
		return errors.Join(os.WriteFile(in(root, path), content, 0o640), stamp(in(root, path)))
	})
}

func (m *mutator) append() {
	path, content, stamp := m.file(regular), m.content(), m.stamp()
	if path == "" {
		return
	}
	m.do("append to "+path, func(root string) error {
		f, err := os.OpenFile(in(root, path), os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		return errors.Join(err, f.Close(), stamp(in(root, path)))
	})
}

func (m *mutator) truncate() {
	path, size, stamp := m.file(regular), m.size(), m.stamp()
	if path == "" {
		return
	}
	m.do(fmt.Sprintf("truncate %s to %d", path, size), func(root string) error {
		return errors.Join(os.Truncate(in(root, path), int64(size)), stamp(in(root, path)))
	})
}

// target returns what metadata can be changed of: half of the time a regular file.
func (m *mutator) target() string {
	if path := m.file(regular); path != "" && m.oneIn(2) {
		return path
	}
	return pick(m, append(m.files, m.dirs...)...)
}

func (m *mutator) chmod() {
	path, mode := m.target(), pick[uint32](m, 0o700, 0o644, 0o4755, 0o2711, 0o1777)
	if !noSymlink(m.kinds[path]) {
		return
	}
	m.do(fmt.Sprintf("chmod %o %s", mode, path), func(root string) error { return unix.Chmod(in(root, path), mode) })
}

func (m *mutator) chown() {
	path, uid, gid := m.target(), m.r.IntN(3)*1000, m.r.IntN(70000)
	if path == "" { // the stock driver gives the root back to root when it is mounted again
		return
	}
	m.do(fmt.Sprintf("chown %d:%d %s", uid, gid, path), func(root string) error { return os.Lchown(in(root, path), uid, gid) })
}

func (m *mutator) touch() {
	path, stamp := m.target(), m.stamp()
	m.do("touch "+path, func(root string) error { return stamp(in(root, path)) })
}

func (m *mutator) setxattr() {
	path, name, value := m.target(), pick(m, "user.new", "trusted.new", "user.a", "security.capability"), fmt.Sprint(m.clock)
	if name == "security.capability" {
		value = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	}
	m.do("set "+name+" of "+path, func(root string) error { return unix.Lsetxattr(in(root, path), name, []byte(value), 0) })
}

func (m *mutator) unsetxattr() {
	path, name := m.target(), pick(m, "user.a", "user.b", "user.new", "trusted.foo")
	m.do("remove "+name+" of "+path, func(root string) error { return unix.Lremovexattr(in(root, path), name) })
}

func (m *mutator) mkdir() {
	path, stamp := m.fresh(), m.stamp()
	if m.wasFile(path) {
		return
	}
	m.do("mkdir "+path, func(root string) error { return os.Mkdir(in(root, path), 0o750) })
	if m.oneIn(2) {
		m.do("write in "+path, func(root string) error {
			return errors.Join(os.WriteFile(in(root, path+"/file"), []byte(path), 0o600), stamp(in(root, path+"/file")))
		})
	}
}

func (m *mutator) rmdir() {
	path, all := m.dir(), m.oneIn(3)
	if path == "" {
		return
	}
	m.do(fmt.Sprintf("rmdir %s, all: %v", path, all), func(root string) error {
		if all {
			return os.RemoveAll(in(root, path))
		}
		return unix.Rmdir(in(root, path))
	})
}
