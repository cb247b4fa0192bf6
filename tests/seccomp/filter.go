//go:build linux

package seccomp

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Rule is a system call that the kernel asks about.
type Rule struct {
	Number uint32

	// With a mask the kernel asks only if the argument has any of these bits.
	Arg  int
	Mask uint32
}

// launch is the first argument of the test's program when it is to become another one.
const launch = "seccomp-launch"

// Enter is for TestMain: if the process is one that [Server.Command] has started, it becomes
// the command, and Enter does not return.
func Enter() {
	if len(os.Args) < 5 || os.Args[1] != launch {
		return
	}
	err := enter(os.Args[2], os.Args[3], os.Args[4:])
	fmt.Fprintln(os.Stderr, "seccomp:", err)
	os.Exit(125)
}

// enter has the kernel ask the server at the socket, and executes the command.
func enter(socket, rules string, command []string) error {
	var list []Rule
	if err := json.Unmarshal([]byte(rules), &list); err != nil {
		return err
	}
	program, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	runtime.LockOSThread() // the filter is the thread's, which executes the program
	listener, err := install(filter(list))
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	_, _, err = conn.(*net.UnixConn).WriteMsgUnix([]byte{0}, unix.UnixRights(listener), nil)
	if err != nil {
		return err
	}
	return unix.Exec(program, command, os.Environ())
}

// Offsets in struct seccomp_data.
const (
	numberOffset = 0
	argsOffset   = 16
)

// filter returns the program by which the kernel finds the calls that it asks about.
func filter(rules []Rule) (program []unix.SockFilter) {
	add := func(code uint16, k uint32, yes, no uint8) {
		program = append(program, unix.SockFilter{Code: code, K: k, Jt: yes, Jf: no})
	}
	const equal, set, load = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	for _, r := range rules {
		add(load, numberOffset, 0, 0)
		if r.Mask == 0 {
			add(equal, r.Number, 0, 1)
		} else {
			add(equal, r.Number, 0, 3)
			add(load, argsOffset+8*uint32(r.Arg), 0, 0) // its lower half comes first
			add(set, r.Mask, 0, 1)
		}
		add(unix.BPF_RET|unix.BPF_K, unix.SECCOMP_RET_USER_NOTIF, 0, 0)
	}
	add(unix.BPF_RET|unix.BPF_K, unix.SECCOMP_RET_ALLOW, 0, 0)
	return program
}

// install has the thread ask about calls, and returns the file by which it does.
func install(program []unix.SockFilter) (listener int, err error) {
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	// Go interrupts its threads: a call that is asked about must not begin again then.
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return -1, errno
	}
	return int(fd), nil
}
