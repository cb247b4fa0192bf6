//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// operation is something that programs do to a file for which overlayfs copies it up.
type operation struct {
	name string
	of   func(*tree.Inode) bool // to which files

	// fn does it to the file at path. free is a path in the same directory where
	// nothing is.
	fn func(path, free string) error

	// metadata reports that metadata alone can be copied up for it.
	metadata bool

	// redirects reports that the stock driver's mounts refuse it.
	redirects bool
}

var operations = []operation{
	{name: "chmod", of: not(tree.TypeSymlink), metadata: true, fn: func(path, _ string) error { return unix.Chmod(path, 0o2751) }},
	{name: "chown", of: every, fn: func(path, _ string) error { return unix.Lchown(path, 12, 345) }},
	{name: "touch", of: every, fn: func(path, _ string) error { return touch(path) }},
	{name: "set a user xattr", of: every, fn: setxattr("user.new")},
	{name: "set a trusted xattr", of: every, fn: setxattr("trusted.new")},
	{name: "link", of: every, fn: link, metadata: true},
	{name: "rename", of: not(tree.TypeDir), fn: unix.Rename, metadata: true},
	{name: "rename directories", of: only(tree.TypeDir), fn: unix.Rename, redirects: true},
	{name: "append", of: only(tree.TypeRegular), fn: func(path, _ string) error { return write(path, os.O_APPEND) }},
	{name: "truncate", of: only(tree.TypeRegular), fn: func(path, _ string) error { return write(path, os.O_TRUNC) }},
	{name: "create in directories", of: only(tree.TypeDir), fn: func(path, free string) error {
		return write(filepath.Join(path, filepath.Base(free)), os.O_CREATE|os.O_EXCL)
	}},
}

func every(*tree.Inode) bool { return true }

func only(kind uint32) func(*tree.Inode) bool {
	return func(n *tree.Inode) bool { return n.Type() == kind }
}

func not(kind uint32) func(*tree.Inode) bool {
	return func(n *tree.Inode) bool { return n.Type() != kind }
}

func setxattr(name string) func(path, free string) error {
	return func(path, _ string) error { return unix.Lsetxattr(path, name, []byte("value"), 0) }
}

// link gives a file a second name, and checks that both are of one file.
func link(path, free string) error {
	if err := unix.Link(path, free); err != nil {
		return err
	}
	a, errA := os.Lstat(path)
	b, errB := os.Lstat(free)
	if err := errors.Join(errA, errB); err != nil {
		return err
	}
	if !os.SameFile(a, b) {
		return errors.New("two files")
	}
	return nil
}

func write(path string, flags int) error {
	f, err := os.OpenFile(path, os.O_WRONLY|flags, 0o640)
	if err != nil {
		return err
	}
	_, err = f.WriteString("written")
	return errors.Join(err, f.Close(), touch(path))
}

// touch gives a file times that do not depend on the clock.
func touch(path string) error {
	at := unix.Timespec{Sec: 1_500_000_000, Nsec: 987_654_321}
	return unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{at, at}, unix.AT_SYMLINK_NOFOLLOW)
}

// paths returns the names of the files that the operation is for, those in a directory
// before it. The root is not among them.
func (o operation) paths(t *tree.Tree) (list []string) {
	_ = t.Walk(func(path string, e *tree.Entry) error {
		if path != "/" && o.of(e.Inode) {
			list = append(list, path)
		}
		return nil
	})
	slices.Reverse(list)
	return list
}

// do carries the operation out below a root and returns the answers, a line for each path.
func (o operation) do(root string, paths []string) (answers []string) {
	for i, path := range paths {
		at := filepath.Join(root, path)
		err := o.fn(at, filepath.Join(filepath.Dir(at), fmt.Sprintf("free%d", i)))
		var number unix.Errno
		if errors.As(err, &number) { // without the path, which has the root
			err = number
		}
		answers = append(answers, fmt.Sprintf("%q: %v", path, err))
	}
	return answers
}
