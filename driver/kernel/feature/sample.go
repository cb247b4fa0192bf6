//go:build linux

package feature

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	format "github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// sample contains an image and directories for probes. The image has an inline file and a file whose
// content is an object.
type sample struct {
	image                 *mount.Image
	objects, empty, place string
}

const inlineText = "in the image"

var externalText = strings.Repeat("in an object\n", 20)

// sampled returns a probe that makes a sample and calls probe.
func sampled(probe func(*sample) error) func(dir string) error {
	return func(dir string) error {
		s, err := newSample(dir)
		if err != nil {
			return err
		}
		return probe(s)
	}
}

func newSample(dir string) (*sample, error) {
	s := &sample{
		&mount.Image{Path: filepath.Join(dir, "image")},
		filepath.Join(dir, "objects"), filepath.Join(dir, "empty"), filepath.Join(dir, "place"),
	}
	digest := verity.Sum([]byte(externalText))
	path := tree.ObjectPath(digest)
	object := filepath.Join(s.objects, path)
	external := &tree.Inode{
		Mode: tree.TypeRegular | 0o600, Nlink: 1, Size: uint64(len(externalText)), Digest: digest, Payload: path,
	}
	inline := &tree.Inode{Mode: tree.TypeRegular | 0o600, Nlink: 1, Size: uint64(len(inlineText)), Content: inlineText}
	t := tree.New()
	err := errors.Join(
		t.Root.Dir.Add(tree.Entry{Name: "external", Inode: external}),
		t.Root.Dir.Add(tree.Entry{Name: "inline", Inode: inline}),
		os.Mkdir(s.empty, 0o700), os.Mkdir(s.place, 0o700),
		os.MkdirAll(filepath.Dir(object), 0o700),
		os.WriteFile(object, []byte(externalText), 0o600),
	)
	if err != nil {
		return nil, err
	}
	f, err := os.Create(s.image.Path)
	if err != nil {
		return nil, err
	}
	_, err = format.Write(f, t, format.Options{})
	return s, errors.Join(err, f.Close())
}

// try makes a detached mount of a plan and calls look with its root.
func (s *sample) try(p *mount.Plan, look func(*sample, *os.File) error) error {
	mnt, err := mount.Detached(p)
	if err != nil {
		return err
	}
	return errors.Join(look(s, mnt), mnt.Close())
}

func (s *sample) readInline(mnt *os.File) error   { return read(mnt, "inline", inlineText) }
func (s *sample) readExternal(mnt *os.File) error { return read(mnt, "external", externalText) }

// read reads a file of a detached mount.
func read(mnt *os.File, name, want string) error {
	fd, err := unix.Openat(int(mnt.Fd()), name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: name, Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close() //nolint:errcheck // open for reading
	got, err := io.ReadAll(f)
	if err == nil && string(got) != want {
		err = no(fmt.Sprintf("%s has %q, want %q", name, got, want))
	}
	return err
}

// mappedTo is the host ID of root in a mapped layer. Users of podman have it in their namespaces.
const mappedTo = 1

// tryMapped makes a mount with a user namespace and checks the owner of a file in it.
func (s *sample) tryMapped(p *mount.Plan, name string) error {
	ns, err := userNS()
	if err != nil {
		return err
	}
	defer ns.Close() //nolint:errcheck // open for reading
	p.UserNS = ns
	return s.try(p, func(_ *sample, mnt *os.File) error {
		var st unix.Stat_t
		err := unix.Fstatat(int(mnt.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW)
		if err == nil && st.Uid != mappedTo {
			err = no(fmt.Sprintf("the owner of %s is %d, want %d", name, st.Uid, mappedTo))
		}
		return err
	})
}

// userNS returns a user namespace that maps root to mappedTo. It starts a process in the namespace,
// stops it before the first instruction of its program, and kills it.
func userNS() (*os.File, error) {
	runtime.LockOSThread() // this thread traces the process, which ends with the thread
	defer runtime.UnlockOSThread()
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: mappedTo, Size: 1}}
	cmd := exec.Command("/proc/self/exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, Ptrace: true, Pdeathsig: unix.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/user", cmd.Process.Pid))
	return ns, errors.Join(err, cmd.Process.Kill(), ignoreExit(cmd.Wait()))
}

// ignoreExit returns nil for the exit status of a process, and any other error unchanged.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
