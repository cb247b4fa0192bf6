//go:build linux

package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// Op is a kind of change.
type Op string

// Sync is fsync of a file or a directory, Syncfs that of a file system. Create also creates
// files without a name.
const (
	Create   Op = "create"
	Write    Op = "write"
	Truncate Op = "truncate"
	Mkdir    Op = "mkdir"
	Symlink  Op = "symlink"
	Link     Op = "link"
	Rename   Op = "rename"
	Remove   Op = "remove"
	Chmod    Op = "chmod"
	Chown    Op = "chown"
	Xattr    Op = "xattr"
	Sync     Op = "sync"
	Syncfs   Op = "syncfs"
)

// Change is a change of a file below the traced directory, or a sync.
type Change struct {
	Op   Op
	Path string // relative to that directory
	To   string // new name, of Link and Rename
}

func (c Change) String() string {
	return strings.TrimSuffix(fmt.Sprintf("%s %s → %s", c.Op, c.Path, c.To), " → ")
}

// form names the arguments of a system call that name its files.
type form struct {
	op       Op
	dir, arg int // of the file's name; dir is -1 for the working directory, arg is -1 for a descriptor in dir
	to       [2]int
}

// of returns the form of a call with one file.
func of(op Op, dir, arg int) form { return form{op: op, dir: dir, arg: arg} }

// forms are the traced system calls.
var forms = map[uint32]form{
	unix.SYS_OPENAT:          of(Create, 0, 1),
	unix.SYS_WRITE:           of(Write, 0, -1),
	unix.SYS_PWRITE64:        of(Write, 0, -1),
	unix.SYS_COPY_FILE_RANGE: of(Write, 2, -1),
	unix.SYS_FTRUNCATE:       of(Truncate, 0, -1),
	unix.SYS_MKDIRAT:         of(Mkdir, 0, 1),
	unix.SYS_SYMLINKAT:       of(Symlink, 1, 2),
	unix.SYS_LINKAT:          {Link, 0, 1, [2]int{2, 3}},
	unix.SYS_RENAMEAT:        {Rename, 0, 1, [2]int{2, 3}},
	unix.SYS_RENAMEAT2:       {Rename, 0, 1, [2]int{2, 3}},
	unix.SYS_UNLINKAT:        of(Remove, 0, 1),
	unix.SYS_FCHMODAT:        of(Chmod, 0, 1),
	unix.SYS_FCHMOD:          of(Chmod, 0, -1),
	unix.SYS_FCHOWNAT:        of(Chown, 0, 1),
	unix.SYS_FCHOWN:          of(Chown, 0, -1),
	unix.SYS_LSETXATTR:       of(Xattr, -1, 0),
	unix.SYS_SETXATTR:        of(Xattr, -1, 0),
	unix.SYS_FSYNC:           of(Sync, 0, -1),
	unix.SYS_FDATASYNC:       of(Sync, 0, -1),
	unix.SYS_SYNCFS:          of(Syncfs, 0, -1),
}

// creates are the flags of openat(2) that create files.
const creates = unix.O_CREAT | unix.O_TMPFILE&^unix.O_DIRECTORY

// rules are the traced calls, of openat(2) only those that create files.
func rules() (list []seccomp.Rule) {
	for number := range forms {
		r := seccomp.Rule{Number: number}
		if number == unix.SYS_OPENAT {
			r.Arg, r.Mask = 2, creates
		}
		list = append(list, r)
	}
	return append(list, older...)
}

// change returns the change that a call makes below root. ok is false if it makes none.
func change(root string, c seccomp.Call) (made Change, ok bool) {
	f, ok := forms[c.Number]
	if !ok {
		f, ok = olderForms[c.Number]
	}
	if !ok || c.Number == unix.SYS_OPENAT && c.Args[2]&creates == 0 {
		f = lookups[c.Number]
	}
	path, ok := below(root, name(c, f.dir, f.arg))
	made = Change{Op: f.op, Path: path}
	if f.op == Link || f.op == Rename {
		to, within := below(root, name(c, f.to[0], f.to[1]))
		made.To, ok = to, ok && within
	}
	return made, ok
}

// name returns the absolute path of a file that a call names. In a detached mount, paths begin
// at its root.
func name(c seccomp.Call, dir, arg int) string {
	text := ""
	if arg >= 0 {
		text = c.Text(arg)
	}
	process := fmt.Sprintf("/proc/%d/", c.Thread)
	if fd, ok := strings.CutPrefix(text, "/proc/self/fd/"); ok {
		number, rest, _ := strings.Cut(fd, "/")
		return filepath.Join(link(process+"fd/"+number), rest)
	}
	switch {
	case filepath.IsAbs(text):
		return filepath.Clean(text)
	case dir < 0 || int32(c.Args[dir]) == unix.AT_FDCWD:
		return filepath.Join(link(process+"cwd"), text)
	}
	return filepath.Join(link(fmt.Sprintf("%sfd/%d", process, int32(c.Args[dir]))), text)
}

// link returns the target of a link in /proc, "" if it is missing. The target ends with
// " (deleted)" if the file has no name.
func link(path string) string {
	to, _ := os.Readlink(path)
	return to
}

// below returns the path from root to a file in it, or in a detached mount of root.
func below(root, path string) (string, bool) {
	if path == root {
		return ".", true
	}
	if rest, ok := strings.CutPrefix(path, root+"/"); ok {
		return rest, true
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !filepath.IsAbs(path) || first == "" || exists("/"+first) || !exists(filepath.Join(root, first)) {
		return "", false
	}
	return path[1:], true
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
