//go:build crio

package kubernetes_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
)

// output collects the output of a command that runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// demo starts the demo with a small application. Nothing is left of it when the test ends.
func demo(t *testing.T) (*exec.Cmd, *output) {
	t.Helper()
	needs.Root(t)
	program, err := filepath.Abs("../../bin/kubernetes/demo")
	must(t, err)
	for _, built := range []string{"kubelet", "../crio", "../crio-stock", "../crictl", "../runc"} {
		needs.Built(t, filepath.Join(filepath.Dir(program), built), "make crio crio-stock crio-tools kubernetes")
	}
	build := exec.Command("go", "build", "-o", program, "./tests/cluster/demo")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir, err := os.MkdirTemp(needs.Disk(t), "composefs-demo-test-*")
	must(t, err)
	interfaces, err := net.Interfaces()
	must(t, err)
	cmd, out := exec.Command(program, "-layers=4", "-replicas=2"), &output{}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = "../..", append(os.Environ(), "TMPDIR="+dir), out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell starts it
	must(t, cmd.Start())
	var names []string
	must(t, nodes.Await("the demo has a directory", time.Minute, func() (bool, error) {
		names, err = filepath.Glob(filepath.Join(dir, "composefs-demo-*"))
		return len(names) == 1, err
	}))
	t.Cleanup(func() {
		if cmd.ProcessState == nil { // the test has failed
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("it prints %s", out)
		}
		leftovers(t, dir, filepath.Base(names[0]), interfaces)
		must(t, os.Remove(dir))
	})
	return cmd, out
}

// leftovers looks for files below the directory of a demo, and for mounts, processes, cgroups of its name and networks.
func leftovers(t *testing.T, dir, name string, interfaces []net.Interface) {
	t.Helper()
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: the files %v %v", files, err)
	}
	if mounts, err := mountinfo.Below(dir); err != nil || len(mounts) > 0 {
		t.Errorf("left behind: the mounts %v %v", mounts, err)
	}
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range commands {
		if text, _ := os.ReadFile(file); bytes.Contains(text, []byte(dir)) {
			t.Errorf("left behind: the process %q", text)
		}
	}
	if cgroups, _ := filepath.Glob("/sys/fs/cgroup/*/" + name + "*"); len(cgroups) > 0 {
		t.Errorf("left behind: the cgroups %q", cgroups)
	}
	now, err := net.Interfaces()
	must(t, err)
	for _, i := range now {
		if !slices.ContainsFunc(interfaces, func(old net.Interface) bool { return old.Name == i.Name }) {
			t.Errorf("left behind: the network interface %s", i.Name)
		}
	}
}

// TestDemo runs the demo to its end.
func TestDemo(t *testing.T) {
	cmd, out := demo(t)
	must(t, cmd.Wait())
	for _, row := range []string{"next version: pull ", "new bytes on the disk", "EROFS mounts among them                   |         0 |         2 |", "ratio of composefs to plain"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("it prints no %q: %s", row, out)
		}
	}
}

// TestDemoInterrupted presses Ctrl-C while pods run, and while the cluster starts.
func TestDemoInterrupted(t *testing.T) {
	for _, when := range []string{"starting a cluster", "composefs: 2 pods"} {
		t.Run(when, func(t *testing.T) {
			cmd, out := demo(t)
			must(t, nodes.Await(when, 5*time.Minute, func() (bool, error) {
				return strings.Contains(out.String(), "\n"+when) || strings.HasPrefix(out.String(), when), nil
			}))
			time.Sleep(5 * time.Second)
			must(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(out.String(), "interrupted") {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
