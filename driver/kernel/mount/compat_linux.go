package mount

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// mountString makes the overlay with mount(2), on kernels that do not take layers one
// by one (below 6.8): there the strings of fsconfig(2) have at most 255 bytes, and
// all lower layers must be in one. mount(2) takes a page of 4096.
//
// The layers are named by their numbers in /proc/thread-self/fd, which is made the
// current directory: four bytes each, so that 500 fit, and nothing to escape. mount(2)
// has no detached mounts, so it mounts on a directory of its own, which goes again.
func (s *stack) mountString(p *Plan) (*os.File, error) {
	data := s.dataString(p)
	if len(data) >= 4096 {
		return nil, fmt.Errorf("overlay: options of %d bytes, Linux below 6.8 takes 4095", len(data))
	}
	dir, err := os.MkdirTemp("", "composefs-mount-")
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

// dataString returns what mount(2) calls data. Values of options have neither commas
// nor colons, but for the label, which is quoted.
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
		case o.key == "source": // an argument of its own
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

// inFDs calls f on a thread of its own whose current directory lists the open files,
// which it shares with the process. The thread ends afterwards.
func inFDs(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread is no use to anyone else
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

// cloneMount returns a detached second mount of what is mounted on dir.
func cloneMount(dir string, attrs Attrs) (*os.File, error) {
	fd, err := unix.OpenTree(unix.AT_FDCWD, dir, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("open_tree", err)
	}
	mnt := os.NewFile(uintptr(fd), "overlay mount")
	attr := unix.MountAttr{Attr_set: uint64(attrs)}
	if attrs&(NoAtime|StrictAtime) != 0 {
		attr.Attr_clr = unix.MOUNT_ATTR__ATIME // one of several, all are set together
	}
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH, &attr); err != nil {
		return nil, errors.Join(os.NewSyscallError("mount_setattr", err), mnt.Close())
	}
	return mnt, nil
}
