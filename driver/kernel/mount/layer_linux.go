package mount

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// stack contains the open layers of a plan.
type stack struct {
	lowers, data []*os.File
	upper, work  *os.File // nil in a plan without

	// scratch is a temporary directory for mounts that the kernel does not take detached.
	scratch string
	mounts  []string
}

// open opens and mounts all layers of the plan. The caller closes the stack, also after an error.
func (s *stack) open(k kernel, p *Plan) error {
	for _, l := range p.Lowers {
		f, err := s.lower(k, l, p.UserNS)
		if err != nil {
			return err
		}
		s.lowers = append(s.lowers, f)
	}
	for _, dir := range p.Data {
		f, err := openPath(dir)
		if err != nil {
			return err
		}
		s.data = append(s.data, f)
	}
	if p.Upper == "" {
		return nil
	}
	var err error
	if s.upper, err = openPath(p.Upper); err != nil {
		return err
	}
	s.work, err = openPath(p.Work)
	return err
}

// lower opens one layer: as a directory, or as the root of a detached mount.
func (s *stack) lower(k kernel, l Layer, userNS *os.File) (*os.File, error) {
	if l.Unmapped {
		userNS = nil
	}
	f, err := l.open(userNS != nil)
	if err != nil {
		return nil, err
	}
	if userNS != nil {
		attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_IDMAP, Userns_fd: uint64(userNS.Fd())}
		if err := unix.MountSetattr(int(f.Fd()), "", unix.AT_EMPTY_PATH, &attr); err != nil {
			return nil, errors.Join(fmt.Errorf("map the owners of %s: %w", l, os.NewSyscallError("mount_setattr", err)), f.Close())
		}
	}
	if (userNS != nil || l.Image != nil) && !k.detached() {
		if err := s.attach(f); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", l, err), f.Close())
		}
	}
	return f, nil
}

// open opens the layer. The root of an image is a new mount; private also clones the mount of a
// directory.
func (l Layer) open(private bool) (*os.File, error) {
	if l.Image != nil {
		return Erofs(l.Image)
	}
	dir, name := unix.AT_FDCWD, l.Dir
	flags := uint(unix.OPEN_TREE_CLOEXEC)
	if l.File != nil {
		dir, name, flags = int(l.File.Fd()), "", flags|unix.AT_EMPTY_PATH
	}
	if private {
		flags |= unix.OPEN_TREE_CLONE
	}
	fd, err := unix.OpenTree(dir, name, flags)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", l, err)
	}
	return os.NewFile(uintptr(fd), l.path()), nil
}

func (l Layer) path() string {
	if l.File != nil {
		return l.File.Name()
	}
	return l.Dir
}

// attach attaches a mount until the overlay is made. The overlay has its own clone of the mount.
func (s *stack) attach(mnt *os.File) error {
	var err error
	if s.scratch == "" {
		if s.scratch, err = scratchDir(); err != nil {
			return err
		}
	}
	dir := filepath.Join(s.scratch, fmt.Sprint(len(s.mounts)))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	s.mounts = append(s.mounts, dir)
	return Attach(mnt, dir)
}

// scratchDir makes a directory for a mount that lasts a moment. An initramfs has no writable /tmp.
func scratchDir() (dir string, err error) {
	for _, parent := range []string{os.TempDir(), "/run", "/dev"} {
		if dir, err = os.MkdirTemp(parent, "composefs-mount-"); err == nil {
			return dir, nil
		}
	}
	return "", err
}

// files returns all open layers, the lowers first.
func (s *stack) files() []*os.File {
	files := append(append([]*os.File{}, s.lowers...), s.data...)
	for _, f := range []*os.File{s.upper, s.work} {
		if f != nil {
			files = append(files, f)
		}
	}
	return files
}

// close closes the layers and unmounts attached ones. An overlay of them stays.
func (s *stack) close() error {
	var errs []error
	for _, dir := range s.mounts {
		errs = append(errs, Undo(dir), os.Remove(dir))
	}
	if s.scratch != "" {
		errs = append(errs, os.Remove(s.scratch))
	}
	for _, f := range s.files() {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
