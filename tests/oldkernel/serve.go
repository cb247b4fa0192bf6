//go:build linux

package oldkernel

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kernel is an old kernel for the duration of a test.
type Kernel struct {
	release Release
	socket  string

	mu   sync.Mutex
	data map[context]bool // whether the last layer of contexts is data-only
}

// New returns a kernel of that release.
func New(t testing.TB, release Release) *Kernel {
	t.Helper()
	if actions, _ := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail"); !bytes.Contains(actions, []byte("user_notif")) {
		t.Skip("the kernel has no filters of system calls that ask")
	}
	dir, err := os.MkdirTemp("", "oldkernel-") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	k := &Kernel{release: release, socket: filepath.Join(dir, "socket"), data: map[context]bool{}}
	l, err := net.Listen("unix", k.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go k.accept(l)
	return k
}

// Command returns a command that runs another one on the kernel.
func (k *Kernel) Command(args ...string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return append([]string{self, launch, k.socket}, args...)
}

// accept serves the processes of each command, until the test closes l.
func (k *Kernel) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if listener, err := receive(conn.(*net.UnixConn)); err == nil {
			go k.serve(listener)
		}
		_ = conn.Close()
	}
}

// receive receives an open file.
func receive(conn *net.UnixConn) (fd int, err error) {
	rights := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := conn.ReadMsgUnix(make([]byte, 1), rights)
	if err != nil {
		return -1, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:n])
	if err != nil || len(messages) != 1 {
		return -1, errors.Join(err, errors.New("no file"))
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, errors.Join(err, errors.New("no file"))
	}
	return fds[0], nil
}

// notification and response are struct seccomp_notif and seccomp_notif_resp.
type notification struct {
	id         uint64
	pid, flags uint32
	nr, arch   uint32
	ip         uint64
	args       [6]uint64
}

type response struct {
	id    uint64
	value int64
	error int32
	flags uint32
}

// serve answers until all processes have ended that ask.
func (k *Kernel) serve(listener int) {
	defer unix.Close(listener) //nolint:errcheck // nobody asks any more
	for {
		poll := []unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && err != unix.EINTR {
			return
		}
		if poll[0].Revents&unix.POLLIN == 0 && poll[0].Revents != 0 {
			return
		}
		var n notification
		if ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)) != 0 { // it has been killed meanwhile
			continue
		}
		r := response{id: n.id}
		if errno := k.refuse(call{n.pid, n.nr, n.args}); errno != 0 {
			r.error = -int32(errno)
		} else {
			r.flags = unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE
		}
		_ = ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r)) // or it has been killed
	}
}

func ioctl(fd int, request uint, arg unsafe.Pointer) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(arg))
	return errno
}

// call is a system call that a thread makes, and waits for the answer.
type call struct {
	pid  uint32
	nr   uint32
	args [6]uint64
}

// text returns the string that an argument points to, "" if there is none.
func (c call) text(arg int) string {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", c.pid))
	if err != nil {
		return ""
	}
	defer mem.Close() //nolint:errcheck // open for reading
	buf := make([]byte, 4096)
	n, _ := mem.ReadAt(buf, int64(c.args[arg])) // less before a hole
	s, _, _ := bytes.Cut(buf[:n], []byte{0})
	return string(s)
}

// process returns the process of the thread.
func (c call) process() (pid int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.pid))
	if err == nil {
		_, tgid, _ := bytes.Cut(status, []byte("\nTgid:"))
		_, err = fmt.Sscan(string(tgid), &pid)
	}
	if err != nil {
		return int(c.pid)
	}
	return pid
}
