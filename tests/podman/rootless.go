//go:build linux

package podman

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// The user that rootless podmans run as. The machine has no such user: podman alone sees the
// files in /etc that name it.
const (
	UserID    = 54321
	userIDMap = "composefs:5000000:65536\n" // in /etc/subuid and /etc/subgid
)

// everyUser makes all podmans of a test program rootless.
var everyUser = flag.Bool("rootless", false, "run podman as a user, with FUSE, and skip the tests that need root or are rootless anyway")

// WithoutRoot reports whether all podmans are rootless.
func WithoutRoot() bool { return *everyUser }

// Owner returns the owner of a store's files.
func Owner() uint32 {
	if *everyUser {
		return UserID
	}
	return 0
}

// RootOnly are the tests that need root, with the reasons. They are skipped with -rootless.
var RootOnly map[string]string

// needsRoot skips a test of [RootOnly] with -rootless.
func needsRoot(t testing.TB) {
	t.Helper()
	name, _, _ := strings.Cut(t.Name(), "/")
	for _, name := range []string{name, t.Name()} {
		if why := RootOnly[name]; *everyUser && why != "" {
			t.Skip("it needs root: " + why)
		}
	}
}

// withoutRoot returns the options of a podman if all are rootless. A test that asks for a rootless one is skipped,
// because it does the same without -rootless.
func withoutRoot(t testing.TB, opts Options) Options {
	t.Helper()
	if !*everyUser || opts.everyUser {
		return opts
	}
	if opts.Rootless {
		t.Skip("it runs podman as a user without -rootless, too")
	}
	opts.Rootless, opts.FUSE, opts.everyUser = true, true, true
	if !strings.Contains(opts.Composefs, "rootless") {
		opts.Composefs += "\nrootless = \"fuse\"\n"
	}
	return opts
}

// User is a user with further IDs. The rootless podmans of a store share one, as one user has one runtime
// directory. podman's namespaces are those of the first podman.
type User struct {
	dir     string
	files   map[string]string // seen by the user's processes at these paths
	runtime string            // XDG_RUNTIME_DIR
}

// NewUser makes the files of a user in a directory.
func NewUser(dir string) (*User, error) {
	u := &User{dir: dir, files: map[string]string{}, runtime: filepath.Join(dir, "runtime")}
	for name, text := range map[string]string{
		"passwd": fmt.Sprintf("root:x:0:0::/root:/bin/sh\ncomposefs:x:%d:%d::%s:/bin/sh\n", UserID, UserID, dir),
		"group":  fmt.Sprintf("root:x:0:\ncomposefs:x:%d:\n", UserID), // for --userns=keep-id
		"subuid": userIDMap,
		"subgid": userIDMap,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, err
		}
		u.files[filepath.Join("/etc", name)] = path
	}
	err := unix.Mknod(u.fuse(), unix.S_IFCHR, int(unix.Mkdev(10, 229)))
	return u, errors.Join(err, os.Chmod(u.fuse(), 0o666), os.Mkdir(u.runtime, 0o700), os.Lchown(u.runtime, UserID, UserID))
}

// fuse returns a device that any user may open. udev makes /dev/fuse so; without udev only root may open it.
func (u *User) fuse() string { return filepath.Join(u.dir, "dev-fuse") }

// Command returns a command of the user, who may use FUSE.
func (u *User) Command(ctx context.Context, args ...string) *exec.Cmd {
	files := maps.Clone(u.files)
	files["/dev/fuse"] = u.fuse()
	args = slices.Concat(private(files, true), asUser(), args)
	return exec.CommandContext(ctx, args[0], args[1:]...)
}

// makeRootless has podman run without root, in a store that belongs to the user.
func (p *Podman) makeRootless() (err error) {
	needs.Program(p.t, "newuidmap", "uidmap")
	if p.Store.user == nil {
		if p.Store.user, err = NewUser(p.Store.Dir); err != nil {
			return err
		}
	}
	private := maps.Clone(p.Store.user.files)
	if p.opts.FUSE {
		private["/dev/fuse"] = p.Store.user.fuse()
	}
	maps.Copy(private, p.opts.Private)
	p.opts.Private = private
	dir, err := programs()
	if err != nil {
		return err
	}
	p.bin = filepath.Join(dir, filepath.Base(p.program))
	p.program = filepath.Join(p.bin, "podman")
	p.env = append(p.env, "XDG_RUNTIME_DIR="+p.Store.user.runtime, "PATH="+p.bin+":"+p.path())
	return filepath.WalkDir(p.Store.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Sys().(*syscall.Stat_t).Uid == 0 { // others are the user's
			err = os.Lchown(path, UserID, UserID)
		}
		return err
	})
}

// programs copies the programs to a directory that any user may read, and returns it. It has a directory
// for each podman, and there also the command composefs-storage; rootlessport is where "make install"
// installs it. [Main] removes the directory.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "composefs-programs-*")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	for _, name := range []string{"podman", "podman-stock"} {
		err = errors.Join(err, os.Mkdir(filepath.Join(dir, name), 0o755))
		for program, built := range map[string]string{"podman": name, storageCommand: storageCommand} {
			err = errors.Join(err, copyProgram(filepath.Join(bin(), built), filepath.Join(dir, name, program)))
		}
	}
	copied = dir
	helpers := filepath.Join(dir, "libexec", "podman")
	err = errors.Join(err, os.MkdirAll(helpers, 0o755), copyProgram(filepath.Join(bin(), "rootlessport"), filepath.Join(helpers, "rootlessport")))
	return dir, err
})

var copied string // the directory of programs

// copyProgram copies a program if it has been built.
func copyProgram(from, to string) error {
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	return err
}

// asUser is the beginning of a command that is run as the user.
func asUser() []string {
	id := strconv.Itoa(UserID)
	return []string{"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"}
}

// admit gives the user the test's own temporary files and directories in the arguments.
func (p *Podman) admit(args []string) {
	for _, arg := range args {
		at := strings.Index(arg, os.TempDir()+"/")
		if at < 0 || strings.HasPrefix(arg[at:], p.Store.Dir) {
			continue
		}
		path, _, _ := strings.Cut(arg[at:], ":")
		for ; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
			if info, err := os.Lstat(path); err == nil && info.Sys().(*syscall.Stat_t).Uid == 0 {
				_ = os.Lchown(path, UserID, UserID) // podman reports a failure
			}
		}
	}
}

// mounts reports whether podman mounts or unmounts a tree for the user with these arguments.
func mounts(args []string) bool {
	if len(args) > 1 && args[0] == "image" {
		args = args[1:]
	}
	return len(args) > 0 && (args[0] == "mount" || args[0] == "unmount")
}

// unshared returns the arguments for a command that mounts: without root it works in podman's namespaces only.
func (p *Podman) unshared(args []string) []string {
	if p.opts.Rootless && p.name == "podman" && mounts(args) {
		return append([]string{"unshare", p.program}, args...)
	}
	return args
}

// visible returns the output of a command. If that is the path of a tree in podman's mount namespace, it returns
// the path by which the test finds the tree.
func (p *Podman) visible(args []string, out string) string {
	if p.opts.Rootless && mounts(args) && filepath.IsAbs(out) && !strings.Contains(out, "\n") {
		return p.Store.namespace("root") + out
	}
	return out
}

// namespace returns a file in /proc of the process that keeps the namespaces of the store's user.
func (s *Store) namespace(name string) string {
	return filepath.Join("/proc", strconv.Itoa(s.pause()), name)
}

// pause returns the process that keeps the namespaces of the store's user.
func (s *Store) pause() int {
	if s.user == nil {
		return -1
	}
	text, err := os.ReadFile(filepath.Join(s.user.runtime, "libpod/tmp/pause.pid"))
	pid, err2 := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || err2 != nil {
		return -1
	}
	return pid
}

// endRootless ends the process that keeps a user's namespaces.
func (s *Store) endRootless() error {
	var err error
	for _, p := range s.users {
		if !p.opts.Rootless {
			continue
		}
		if _, err = p.Try("system", "migrate"); err == nil { // another may not start with its configuration
			break
		}
	}
	return err
}

// endPause ends the process that a podman which tidied up behind a container has started after
// [Store.endRootless].
func (s *Store) endPause() error {
	pid := s.pause()
	environment, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil || !bytes.Contains(environment, []byte(s.user.runtime)) {
		return nil //nolint:nilerr // there is none, or the process ID is another program's by now
	}
	return unix.Kill(pid, unix.SIGKILL)
}
