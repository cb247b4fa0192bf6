//go:build linux

package seccomp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Server answers for the programs that it has started.
type Server struct {
	socket string
	rules  string
	answer func(Call) unix.Errno
}

// New returns a server for the duration of a test. A call to which a rule applies fails with the
// error that answer returns, or goes on if that is 0. The server answers the calls of one
// command one after the other, in their order.
func New(t testing.TB, rules []Rule, answer func(Call) unix.Errno) *Server {
	t.Helper()
	if actions, _ := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail"); !bytes.Contains(actions, []byte("user_notif")) {
		t.Skip("the kernel has no filters of system calls that ask")
	}
	list, err := json.Marshal(rules)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "seccomp-") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{filepath.Join(dir, "socket"), string(list), answer}
	l, err := net.Listen("unix", s.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go s.accept(l)
	return s
}

// Command returns a command that runs another one, for whose calls the server answers. The
// test's TestMain calls [Enter].
func (s *Server) Command(args ...string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return append([]string{self, launch, s.socket, s.rules}, args...)
}

// accept serves the processes of each command, until the test closes l.
func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if listener, err := receive(conn.(*net.UnixConn)); err == nil {
			go s.serve(listener)
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
func (s *Server) serve(listener int) {
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
		if ioctl(listener, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(&n)) != 0 { // it was killed
			continue
		}
		r := response{id: n.id}
		if errno := s.answer(Call{n.pid, n.nr, n.args}); errno != 0 {
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

// Call is a system call that a thread makes, and waits for the answer.
type Call struct {
	Thread uint32
	Number uint32
	Args   [6]uint64
}

// Text returns the string that an argument points to, "" if there is none.
func (c Call) Text(arg int) string {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", c.Thread))
	if err != nil {
		return ""
	}
	defer mem.Close() //nolint:errcheck // open for reading
	buf := make([]byte, 4096)
	n, _ := mem.ReadAt(buf, int64(c.Args[arg])) // less before a hole
	s, _, _ := bytes.Cut(buf[:n], []byte{0})
	return string(s)
}

// Process returns the process of the thread.
func (c Call) Process() (pid int) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Thread))
	if err == nil {
		_, tgid, _ := bytes.Cut(status, []byte("\nTgid:"))
		_, err = fmt.Sscan(string(tgid), &pid)
	}
	if err != nil {
		return int(c.Thread)
	}
	return pid
}
