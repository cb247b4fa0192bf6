//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func (m *mutator) unlink() {
	path := m.file(anyKind)
	if path != "" {
		m.do("unlink "+path, func(root string) error { return unix.Unlink(in(root, path)) })
	}
}

func (m *mutator) link() {
	from, to := m.file(anyKind), m.fresh()
	if from != "" && m.redirectable(from) {
		m.do("link "+to+" to "+from, func(root string) error { return unix.Link(in(root, from), in(root, to)) })
	}
}

func (m *mutator) symlink() {
	path, target, stamp := m.fresh(), pick(m, "/", "nowhere", "../x"), m.stamp()
	if _, ok := m.kinds[path]; !ok {
		m.do("symlink "+path, func(root string) error {
			return errors.Join(unix.Symlink(target, in(root, path)), stamp(in(root, path)))
		})
	}
}

func (m *mutator) mknod() {
	path, stamp := m.fresh(), m.stamp()
	kind := pick[uint32](m, unix.S_IFIFO, unix.S_IFCHR, unix.S_IFBLK, unix.S_IFSOCK)
	if _, ok := m.kinds[path]; ok {
		return
	}
	m.do(fmt.Sprintf("mknod %o %s", kind, path), func(root string) error {
		return errors.Join(unix.Mknod(in(root, path), kind|0o600, int(unix.Mkdev(1, 3))), stamp(in(root, path)))
	})
}

func (m *mutator) dirToFile() {
	path, content, stamp := m.dir(), m.content(), m.stamp()
	if path == "" {
		return
	}
	m.do("replace directory "+path+" by a file", func(root string) error {
		return errors.Join(os.RemoveAll(in(root, path)), os.WriteFile(in(root, path), content, 0o600), stamp(in(root, path)))
	})
}

func (m *mutator) fileToDir() {
	path, stamp := m.file(anyKind), m.stamp()
	if path == "" || m.wasFile(path) {
		return
	}
	m.do("replace "+path+" by a directory", func(root string) error {
		return errors.Join(os.Remove(in(root, path)), os.Mkdir(in(root, path), 0o711),
			os.WriteFile(in(root, path+"/inner"), []byte("x"), 0o600), stamp(in(root, path+"/inner")))
	})
}

// recreate deletes a directory and makes it again, so that it is opaque.
func (m *mutator) recreate() {
	path, stamp, empty := m.dir(), m.stamp(), m.oneIn(2)
	if path == "" {
		return
	}
	m.do(fmt.Sprintf("recreate %s, empty: %v", path, empty), func(root string) error {
		err := errors.Join(os.RemoveAll(in(root, path)), os.Mkdir(in(root, path), 0o700))
		if empty {
			return err
		}
		return errors.Join(err, os.WriteFile(in(root, path+"/a0"), []byte("y"), 0o600), stamp(in(root, path+"/a0")))
	})
}
