//go:build crio

package crio_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// kind is a CRI-O, with composefs or without.
type kind int

const (
	plain kind = iota // CRI-O without our driver, with plain overlay
	ours              // CRI-O with our driver and composefs on
)

func (k kind) String() string { return [...]string{"plain", "ours"}[k] }

// program is the name that make gives this CRI-O.
func (k kind) program() string { return [...]string{"crio-stock", "crio"}[k] }

// node is a machine in namespaces that runs CRI-O.
type node struct {
	kind
	t         *testing.T
	opts      options
	bin       string // our programs
	dir       string // all files of the node
	root, run string // its store
	metrics   string // where CRI-O shows its metrics

	machine *process // the parent of the node's first process, which dies with it
	first   int      // that process
	crio    *process
}

const (
	usualPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	patience  = time.Minute // no step takes as long
)

// options change how a node is made.
type options struct {
	image   string // lines for [crio.image] of crio.conf
	network bool   // a network of its own, in which pods have addresses and public registries are stand-ins
}

// newNode starts a node for the duration of the test.
func newNode(t *testing.T, k kind, opts options) *node {
	t.Helper()
	needs.Root(t)
	for program, debian := range map[string]string{"conmon": "conmon", "runc": "runc", "catatonit": "catatonit", "nsenter": "util-linux"} {
		needs.Program(t, program, debian)
	}
	bin, err := filepath.Abs("../../bin")
	must(t, err)
	for program, command := range map[string]string{k.program(): "make " + k.program(), "crictl": "make crio-tools", "composefs-storage": "make build"} {
		needs.Built(t, filepath.Join(bin, program), command)
	}
	dir, err := os.MkdirTemp(needs.Disk(t), "composefs-crio-*")
	must(t, err)
	n := &node{kind: k, t: t, opts: opts, bin: bin, dir: dir, root: filepath.Join(dir, "root"), run: filepath.Join(dir, "run")}
	t.Cleanup(n.remove)
	must(t, n.configure())
	n.boot()
	if opts.network {
		n.serveRegistries()
	}
	n.start()
	return n
}

// boot starts the machine.
func (n *node) boot() {
	n.t.Helper()
	script, err := filepath.Abs("node.sh")
	must(n.t, err)
	log, err := os.OpenFile(filepath.Join(n.dir, "node.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(n.t, err)
	defer log.Close() //nolint:errcheck // the child writes
	cmd := exec.Command(script, n.dir, filepath.Base(n.dir))
	if n.opts.network {
		cmd.Args = append(cmd.Args, "--net")
	}
	cmd.Stdout, cmd.Stderr = log, log
	n.machine, err = startProcess(cmd)
	must(n.t, err)
	up := filepath.Join(n.dir, "up")
	n.eventually("the node is up", func() bool {
		_, err := os.Stat(up)
		return err == nil
	})
	must(n.t, os.Remove(up))
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	must(n.t, err)
	n.first, err = strconv.Atoi(strings.TrimSpace(string(children)))
	must(n.t, err)
}

// eventually waits until a condition holds.
func (n *node) eventually(what string, holds func() bool) {
	n.t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			n.t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// enter is a shell script that moves itself into the cgroups of the node, and becomes a command.
const enter = `for procs in /sys/fs/cgroup/*/cgroup.procs; do echo $$ >"$procs"; done; exec "$@"`

// command returns a command in the node that has not been started.
func (n *node) command(ctx context.Context, args ...string) *exec.Cmd {
	namespaces := []string{"-t", strconv.Itoa(n.first), "--mount", "--uts", "--ipc", "--pid", "--cgroup"}
	if n.opts.network {
		namespaces = append(namespaces, "--net")
	}
	cmd := exec.CommandContext(ctx, "nsenter", slices.Concat(namespaces, []string{"sh", "-c", enter, "sh"}, args)...)
	cmd.Env = []string{usualPath, "HOME=" + n.dir, "LC_ALL=C"}
	cmd.Dir = n.dir
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// start starts CRI-O, and returns when it answers.
func (n *node) start() {
	n.t.Helper()
	log, err := os.OpenFile(n.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(n.t, err)
	defer log.Close() //nolint:errcheck // the child writes
	cmd := n.command(context.Background(), "sh", "-c", `echo $$ >"$0"; exec "$@"`, n.pidFile(),
		filepath.Join(n.bin, n.program()), "--config", filepath.Join(n.dir, "crio.conf"), "--config-dir", "", "--log-level", "warning")
	cmd.Stdout, cmd.Stderr = log, log
	if err := os.Remove(n.socket()); err != nil && !errors.Is(err, fs.ErrNotExist) { // of the one before
		n.t.Fatal(err)
	}
	n.crio, err = startProcess(cmd)
	must(n.t, err)
	n.eventually("CRI-O answers", func() bool {
		if n.crio.await(0) {
			n.t.Fatal("CRI-O has ended")
		}
		if _, err := os.Stat(n.socket()); err != nil {
			return false
		}
		_, err := n.try("version")
		return err == nil
	})
}

func (n *node) socket() string  { return filepath.Join(n.dir, "crio.sock") }
func (n *node) logFile() string { return filepath.Join(n.dir, "crio.log") }
func (n *node) pidFile() string { return filepath.Join(n.dir, "crio.pid") }

// stop ends CRI-O by a signal such as KILL. Containers go on.
func (n *node) stop(signal string) {
	n.t.Helper()
	out, err := n.command(n.t.Context(), "sh", "-c", `kill -`+signal+` "$(cat "$0")"`, n.pidFile()).CombinedOutput()
	if err != nil {
		n.t.Fatalf("kill -%s: %v: %s", signal, err, out)
	}
	if !n.crio.await(patience) {
		n.t.Fatalf("CRI-O does not end by SIG%s", signal)
	}
}

// die is a power cut: all processes and mounts of the node are gone, and what a reboot deletes.
func (n *node) die() error {
	if n.machine == nil {
		return nil
	}
	if err := n.machine.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	table := fmt.Sprintf("/proc/%d/mountinfo", n.first)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(table)
		if err != nil || len(text) == 0 {
			break
		}
		if time.Now().After(end) {
			return errors.New("the node does not die")
		}
	}
	mounts, err := mountinfo.Below(n.dir)
	if err == nil && len(mounts) > 0 { // never remove files through a mount
		err = fmt.Errorf("mounted outside of the node: %q", mounts)
	}
	if err == nil {
		err = errors.Join(os.RemoveAll(n.run), removeCgroups(filepath.Base(n.dir)))
	}
	return err
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

// remove ends the node and removes its files.
func (n *node) remove() {
	if n.t.Failed() {
		for _, name := range []string{"node.log", "crio.log"} {
			text, _ := os.ReadFile(filepath.Join(n.dir, name))
			lines := strings.Split(string(text), "\n")
			n.t.Logf("the end of %s:\n%s", name, strings.Join(lines[max(0, len(lines)-40):], "\n"))
		}
	}
	err := n.die()
	if err == nil {
		err = os.RemoveAll(n.dir)
	}
	if err != nil {
		n.t.Errorf("node %s stays: %v", n.dir, err)
	}
}

// mounts returns the mounts of the store that the node sees.
func (n *node) mounts() (mounts []mountinfo.Mount) {
	n.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", n.first))
	must(n.t, err)
	all, err := mountinfo.Parse(string(text))
	must(n.t, err)
	for _, m := range all {
		// The stock driver mounts its directory on itself.
		if strings.HasPrefix(m.Point, n.dir+"/") && m.Point != filepath.Join(n.root, "overlay") {
			mounts = append(mounts, m)
		}
	}
	return mounts
}

// images returns the number of EROFS mounts.
func (n *node) images() (count int) {
	n.t.Helper()
	for _, m := range n.mounts() {
		if m.Type == "erofs" {
			count++
		}
	}
	return count
}
