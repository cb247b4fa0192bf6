//go:build linux

package oldkernel

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// launch is the first argument of the test's program when it is to become another one.
const launch = "oldkernel-launch"

// Enter is for TestMain: if the process is one that [Kernel.Command] has started, it becomes
// the command, and Enter does not return.
func Enter() {
	if len(os.Args) < 4 || os.Args[1] != launch {
		return
	}
	err := enter(os.Args[2], os.Args[3:])
	fmt.Fprintln(os.Stderr, "oldkernel:", err)
	os.Exit(125)
}

// enter has the kernel ask whoever listens at the socket, and executes the command.
func enter(socket string, command []string) error {
	program, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	runtime.LockOSThread() // the filter is the thread's, which executes the program
	listener, err := filter()
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	_, _, err = conn.(*net.UnixConn).WriteMsgUnix([]byte{0}, unix.UnixRights(listener), nil)
	if err != nil {
		return err
	}
	return unix.Exec(program, command, os.Environ())
}

// filter has the thread ask about calls, and returns the file by which it does.
func filter() (listener int, err error) {
	program := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}} // the call's number
	for i, nr := range calls {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: nr, Jt: uint8(len(calls) - i)})
	}
	program = append(program,
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	// Go interrupts its threads: a call that is asked about must not begin again then.
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}
