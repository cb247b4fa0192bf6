package mount

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// mountString makes the overlay with mount(2), for kernels that do not take layers one by one (below
// 6.8). One string must name all lower layers there. A string of fsconfig(2) has at most 255 bytes;
// mount(2) takes a page of 4096.
//
// The layers are named by their numbers in the current directory /proc/thread-self/fd. A number has
// up to three digits and a separator, so 500 layers fit, and nothing needs an escape. mount(2) makes
// no detached mounts, so mountString mounts on a temporary directory, clones the mount and removes
// the directory.
func (s *stack) mountString(p *Plan) (*os.File, error) {
	data := s.dataString(p)
	if len(data) >= 4096 {
		return nil, fmt.Errorf("overlay: options of %d bytes, Linux below 6.8 takes 4095", len(data))
	}
	dir, err := scratchDir()
	if err != nil {
		return nil, err
	}
	if err := inFDs(func() error { return unix.Mount(p.source(), dir, "overlay", 0, data) }); err != nil {
		return nil, errors.Join(fmt.Errorf("overlay: %w (dmesg may say why)", err), os.Remove(dir))
	}
	mnt, err := cloneMount(dir, p.Attrs)
	if err := errors.Join(err, Undo(dir), os.Remove(dir)); err != nil {
		if mnt != nil {
			mnt.Close() //nolint:errcheck // O_PATH
		}
		return nil, err
	}
	return mnt, nil
}

// dataString returns the argument data of mount(2). Only the label may contain commas and colons, and
// it is quoted.
func (s *stack) dataString(p *Plan) string {
	var b strings.Builder
	b.WriteString("lowerdir=")
	for i, f := range s.lowers {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprint(&b, f.Fd())
	}
	for _, f := range s.data {
		fmt.Fprintf(&b, "::%d", f.Fd())
	}
	if s.upper != nil {
		fmt.Fprintf(&b, ",upperdir=%d,workdir=%d", s.upper.Fd(), s.work.Fd())
	}
	for _, o := range p.options() {
		switch {
		case o.key == "source": // a separate argument of mount(2)
		case o.key == "context":
			fmt.Fprintf(&b, ",context=\"%s\"", o.value)
		case o.value == nil:
			b.WriteString("," + o.key)
		default:
			fmt.Fprintf(&b, ",%s=%s", o.key, o.value)
		}
	}
	return b.String()
}

// inFDs calls f on a new thread whose current directory lists the open files of the process. The
// thread ends afterwards.
func inFDs(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: its current directory makes the thread useless for others
		err := unix.Unshare(unix.CLONE_FS)
		if err == nil {
			err = unix.Chdir("/proc/thread-self/fd")
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// cloneMount returns a detached clone of the mount on dir.
func cloneMount(dir string, attrs Attrs) (*os.File, error) {
	fd, err := unix.OpenTree(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("open_tree", err)
	}
	mnt := os.NewFile(uintptr(fd), "overlay mount")
	attr := unix.MountAttr{Attr_set: uint64(attrs)}
	if attrs&(NoAtime|StrictAtime) != 0 {
		attr.Attr_clr = unix.MOUNT_ATTR__ATIME // the kernel sets the atime attributes together
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH, &attr); err != nil {
		return nil, errors.Join(os.NewSyscallError("mount_setattr", err), mnt.Close())
	}
	return mnt, nil
}
