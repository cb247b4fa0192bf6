package holder_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

var kills = flag.Int("kills", 5, "servers that TestKill kills at least")

// find walks the mount.
func (s served) find(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("find", s.root, "-size", "+1k").CombinedOutput(); err != nil {
		t.Errorf("%v: %.1000s", err, out)
	}
}

// end unmounts the image. No process is left.
func (s served) end(t *testing.T) {
	t.Helper()
	if err := mount.Undo(s.root); err != nil {
		t.Error(err)
	}
	s.gone(t)
}

// running returns the processes of the mounts below dir, of which there is one.
func running(t *testing.T, dir string) holder.Running {
	t.Helper()
	list, err := holder.List(dir)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// restarted waits for another server.
func restarted(t *testing.T, dir string, before holder.Running) holder.Running {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now := running(t, dir); now.Restarts > before.Restarts && now.Server != 0 && now.Server != before.Server {
			return now
		}
	}
	t.Fatal("no server is started again")
	return before
}

// TestStopped stops a server. Processes that wait for it can be killed, others go on with it.
func TestStopped(t *testing.T) {
	dir := mounttest.Scratch(t)
	s := start(t, dir, 100)
	server := running(t, dir).Server
	must(t, unix.Kill(server, unix.SIGSTOP))
	time.Sleep(300 * time.Millisecond) // all threads stop: the kernel kills no process whose request the server has read
	var waiting []*exec.Cmd
	for i := range 2 {
		cmd := exec.Command("stat", fmt.Sprint(s.root, "/missing", i))
		must(t, cmd.Start())
		waiting = append(waiting, cmd)
	}
	time.Sleep(300 * time.Millisecond)
	must(t, waiting[0].Process.Kill())
	if err := waiting[0].Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("the process that was killed: %v", err)
	}
	must(t, unix.Kill(server, unix.SIGCONT))
	if err := waiting[1].Wait(); err == nil || err.Error() != "exit status 1" {
		t.Errorf("the process that has waited: %v", err)
	}
	s.find(t)
	s.end(t)
}

// TestReplaced replaces the program of the processes, as an upgrade does, and removes the image. The next
// server is the old program. No process keeps the files of a caller.
func TestReplaced(t *testing.T) {
	dir := mounttest.Scratch(t)
	s := served{filepath.Join(dir, "image"), filepath.Join(dir, "root")}
	writeImage(t, s.image, 1000)
	program := filepath.Join(dir, "program")
	must(t, copyFile("/proc/self/exe", program))
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close() //nolint:errcheck // a pipe
	cmd := &exec.Cmd{Path: program, Args: []string{startName, s.image, s.root, dir}, Stderr: os.Stderr, ExtraFiles: []*os.File{8: w}}
	must(t, errors.Join(cmd.Run(), w.Close(), r.SetReadDeadline(time.Now().Add(5*time.Second))))
	if n, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the processes keep a file of their caller: %d, %v", n, err)
	}
	must(t, errors.Join(copyFile("/bin/false", program+".new"), os.Rename(program+".new", program), os.Remove(s.image)))
	before := running(t, dir)
	must(t, unix.Kill(before.Server, unix.SIGKILL))
	restarted(t, dir, before)
	s.find(t)
	must(t, mount.Undo(s.root))
	s.image += " (deleted)"
	s.gone(t)
}

// startName is the name of a process that mounts an image.
const startName = "test-start"

func init() {
	reexec.Register(startName, func() {
		f, err := os.Open(os.Args[1])
		if err == nil {
			err = serve(f, os.Args[2], os.Args[3])
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	})
}

func copyFile(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o700)
}

// TestOutOfMemory moves a server into a memory cgroup that is too small for it. The kernel kills it, and the
// next server goes on.
func TestOutOfMemory(t *testing.T) {
	const memory = "/sys/fs/cgroup/memory"
	if _, err := os.Stat(memory + "/memory.limit_in_bytes"); err != nil {
		t.Skip("no memory controller of cgroup v1")
	}
	dir := mounttest.Scratch(t)
	s := start(t, dir, 30_000)
	group := filepath.Join(memory, filepath.Base(filepath.Dir(dir)))
	if err := os.Mkdir(group, 0o700); err != nil {
		t.Skip(err)
	}
	defer os.Remove(group) //nolint:errcheck // a test
	before := running(t, dir)
	must(t, os.WriteFile(filepath.Join(group, "memory.limit_in_bytes"), []byte("4096"), 0))
	must(t, os.WriteFile(filepath.Join(group, "cgroup.procs"), fmt.Append(nil, before.Server), 0))
	s.find(t)
	after := running(t, dir)
	events, err := os.ReadFile(filepath.Join(group, "memory.oom_control"))
	must(t, err)
	if after.Restarts == 0 || !bytes.Contains(events, []byte("oom_kill 1")) {
		t.Errorf("no server was killed: %+v, %s", after, events)
	}
	s.end(t)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
