//go:build linux

// Package nodes makes machines in namespaces that run CRI-O, for tests and for the demo of Kubernetes.
// They need root and cgroup v1.
package nodes

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

//go:embed node.sh
var script []byte

// Patience is the time in which a machine starts, or ends.
const Patience = time.Minute

// Machine is a machine in namespaces.
type Machine struct {
	Dir     string // all files of the machine; its cgroups have the same name
	Network bool   // a network of its own
	Systemd bool   // systemd boots it by the units in Dir/units
	First   int    // the machine's first process

	// Around returns a command that runs another one, such as CRI-O, or is nil.
	Around func(command ...string) []string

	parent *Process // of the first process, which dies with it
}

// Boot starts the machine.
func (m *Machine) Boot() error {
	program, up := filepath.Join(m.Dir, "node.sh"), filepath.Join(m.Dir, "up")
	if err := errors.Join(os.WriteFile(program, script, 0o600), os.MkdirAll(m.temporary(), 0o700)); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(m.Dir, "node.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child writes
	// By sh, because another child of this program may have the file open for writing still.
	cmd := exec.Command("sh", program, m.Dir, m.cgroup())
	if m.Network {
		cmd.Args = append(cmd.Args, "--net")
	}
	if m.Systemd {
		cmd.Args = append(cmd.Args, "--systemd")
	}
	cmd.Stdout, cmd.Stderr = log, log
	parent, err := Start(cmd)
	if err != nil {
		return err
	}
	m.parent = parent
	err = Await("the node is up", Patience, func() (bool, error) {
		if m.parent.Await(0) {
			text, _ := os.ReadFile(log.Name())
			return false, fmt.Errorf("the node has ended: %s", text)
		}
		_, err := os.Stat(up)
		return err == nil, nil
	})
	if err == nil {
		err = os.Remove(up)
	}
	if err != nil {
		return err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	if err == nil {
		m.First, err = strconv.Atoi(strings.TrimSpace(string(children)))
	}
	return err
}

func (m *Machine) cgroup() string { return filepath.Base(m.Dir) }

// temporary is a directory for programs that may be killed, such as CRI-O in a pull.
func (m *Machine) temporary() string { return filepath.Join(m.Dir, "tmp") }

// Await waits until a condition holds, which what names.
func Await(what string, most time.Duration, holds func() (bool, error)) error {
	for end := time.Now().Add(most); ; time.Sleep(50 * time.Millisecond) {
		if ok, err := holds(); ok || err != nil {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s: not within %v", what, most)
		}
	}
}

// enter is a shell script that moves itself into the cgroups of the node and, as nsenter leaves it in the root, to
// the node's directory, and becomes a command.
const enter = `for procs in /sys/fs/cgroup/*/cgroup.procs; do echo $$ >"$procs"; done; cd "$HOME"; exec "$@"`

// Command returns a command in the machine that has not been started.
func (m *Machine) Command(ctx context.Context, args ...string) *exec.Cmd {
	namespaces := []string{"-t", strconv.Itoa(m.First), "--mount", "--uts", "--ipc", "--pid", "--cgroup"}
	if m.Network {
		namespaces = append(namespaces, "--net")
	}
	cmd := exec.CommandContext(ctx, "nsenter", slices.Concat(namespaces, []string{"sh", "-c", enter, "sh"}, args)...)
	cmd.Env = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + m.Dir, "LC_ALL=C", "TMPDIR=" + m.temporary()}
	cmd.Dir = m.Dir
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// Program returns the command that runs a program of the machine, by way of Around.
func (m *Machine) Program(args ...string) []string {
	if m.Around == nil {
		return args
	}
	return m.Around(args...)
}

// Path returns a file of the machine for this process, which does not see the machine's mounts.
func (m *Machine) Path(name string) string { return fmt.Sprintf("/proc/%d/root%s", m.First, name) }

// Die is a power cut: all processes and mounts of the machine are gone, and its cgroups.
func (m *Machine) Die() error {
	if m.parent == nil {
		return nil
	}
	if err := m.parent.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	table := fmt.Sprintf("/proc/%d/mountinfo", m.First)
	err := Await("the node dies", Patience, func() (bool, error) {
		text, gone := os.ReadFile(table)
		return gone != nil || len(text) == 0, nil //nolint:nilerr // the process is gone
	})
	if err != nil {
		return err
	}
	mounts, err := mountinfo.Below(m.Dir)
	if err == nil && len(mounts) > 0 { // never remove files through a mount
		err = fmt.Errorf("mounted outside of the node: %q", mounts)
	}
	return errors.Join(err, removeCgroups(m.cgroup()))
}

// removeCgroups removes the cgroups of a node, whose processes have ended.
func removeCgroups(name string) error {
	tops, err := filepath.Glob("/sys/fs/cgroup/*/" + name)
	for _, top := range tops {
		var dirs []string
		err = errors.Join(err, filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				dirs = append(dirs, path)
			}
			return err
		}))
		for _, dir := range slices.Backward(dirs) {
			for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				removed := unix.Rmdir(dir)
				if removed != unix.EBUSY || time.Now().After(end) { // processes end
					err = errors.Join(err, removed)
					break
				}
			}
		}
	}
	return err
}

// Mounts returns the mounts of a store that the machine sees.
func (m *Machine) Mounts(store string) (mounts []mountinfo.Mount, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", m.First))
	if err != nil {
		return nil, err
	}
	all, err := mountinfo.Parse(string(text))
	for _, mount := range all {
		// A store may be on a disk of its own. The stock driver mounts its directory on itself.
		if strings.HasPrefix(mount.Point, m.Dir+"/") && mount.Point != store && mount.Point != filepath.Join(store, "overlay") {
			mounts = append(mounts, mount)
		}
	}
	return mounts, err
}

// Listen listens on a TCP address in the network of the machine. The socket stays there.
func (m *Machine) Listen(address string) (l net.Listener, err error) {
	runtime.LockOSThread() // the network is that of the thread
	own, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	defer own.Close() //nolint:errcheck // only read
	machine, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", m.First))
	if err != nil {
		return nil, err
	}
	defer machine.Close() //nolint:errcheck // only read
	if err := unix.Setns(int(machine.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	l, err = net.Listen("tcp", address)
	if back := unix.Setns(int(own.Fd()), unix.CLONE_NEWNET); back != nil {
		return l, errors.Join(err, back) // the thread ends with the goroutine
	}
	runtime.UnlockOSThread()
	return l, err
}

// Run runs a shell script in the machine.
func (m *Machine) Run(ctx context.Context, text string, args ...string) (string, error) {
	out, err := m.Command(ctx, append([]string{"sh", "-ec", text, "sh"}, args...)...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", text, err, out)
	}
	return strings.TrimSpace(string(out)), err
}

// Memory is memory of the kernel for the processes of a machine, in bytes.
type Memory struct {
	Kernel int64 // mostly slab
	Cache  int64 // the page cache
}

// Memory returns the memory of the kernel for the machine.
func (m *Machine) Memory() (mem Memory, err error) {
	dir := filepath.Join("/sys/fs/cgroup/memory", m.cgroup())
	text, err := os.ReadFile(filepath.Join(dir, "memory.kmem.usage_in_bytes"))
	if err == nil {
		mem.Kernel, err = strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	}
	if err != nil {
		return mem, err
	}
	text, err = os.ReadFile(filepath.Join(dir, "memory.stat"))
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "total_cache "); ok {
			mem.Cache, err = strconv.ParseInt(value, 10, 64)
		}
	}
	return mem, err
}

// NetworkCommand returns a command in the network of the machine, and otherwise outside of it.
func (m *Machine) NetworkCommand(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nsenter", append([]string{"-t", strconv.Itoa(m.First), "--net"}, args...)...)
}
