package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// containerd is how containerd keeps images: a daemon whose root is that of a store.
type containerd struct {
	kind        string
	snapshotter string
	differ      string // unpacks layers
	transfer    bool   // the daemon pulls, and unpacks as many layers at a time as there are processors
	programs    string // the directory of containerd, ctr and the programs that containerd calls
}

// containerds returns the kinds with containerd of a bench.
func (l *lab) containerds(b bench) (chosen []containerd) {
	if !b.peers || l.peer == "" {
		return nil
	}
	for _, c := range []containerd{
		{kind: containerdOverlayfs, snapshotter: "overlayfs", differ: "walking", programs: l.peer},
		{kind: containerdEROFS, snapshotter: "erofs", differ: "erofs", programs: l.peer},
		{kind: containerdTransfer, snapshotter: "erofs", differ: "erofs", transfer: true, programs: l.peer},
	} {
		if l.now.kinds.MatchString(c.kind) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// containerdConfig is the configuration of containerd. The options of mkfs.erofs are those that
// containerd's documentation recommends. Plugins that write elsewhere or run containers are off.
const containerdConfig = `version = 4
root = %q
state = %q
imports = []
disabled_plugins = [
	"io.containerd.internal.v1.opt",
	"io.containerd.monitor.container.v1.restart",
	"io.containerd.nri.v1.nri",
]
[plugins."io.containerd.server.v1.grpc"]
address = %q
[plugins."io.containerd.server.v1.ttrpc"]
address = %q
[plugins."io.containerd.differ.v1.erofs"]
mkfs_options = ["-T0", "--mkfs-time", "--sort=none"]
[plugins."io.containerd.service.v1.diff-service"]
default = [%q]
[plugins."io.containerd.transfer.v1.local"]
max_concurrent_unpacks = %d
[[plugins."io.containerd.transfer.v1.local".unpack_config]]
platform = "linux"
snapshotter = %q
differ = %q
`

// pull are the arguments of ctr that pull an image. Without the transfer service of the daemon, ctr
// downloads all layers and then has them unpacked one after the other.
func (c containerd) pull(image string) []string {
	args := []string{"image", "pull", "--plain-http", "--snapshotter", c.snapshotter, image}
	if !c.transfer {
		args = slices.Insert(args, 2, "--local")
	}
	return args
}

// newStore makes an empty store. Its sockets are on a tmpfs.
func (c containerd) newStore(l *lab) (*store, error) {
	dir, err := l.newDir(c.kind)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir, root: filepath.Join(dir, "root"), program: filepath.Join(c.programs, "ctr")}
	for _, name := range []string{"tmp", "run", "image"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return nil, err
		}
	}
	if err := unix.Mount("tmpfs", filepath.Join(dir, "run"), "tmpfs", 0, ""); err != nil {
		return nil, err
	}
	s.env = []string{
		"HOME=" + dir, "TMPDIR=" + filepath.Join(dir, "tmp"), "LC_ALL=C", "CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1",
		"PATH=" + c.programs + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	}
	text := fmt.Sprintf(containerdConfig, s.root, filepath.Join(dir, "run"), s.socket(), s.socket()+".ttrpc", c.differ, runtime.NumCPU(), c.snapshotter, c.differ)
	return s, os.WriteFile(s.containerdConfig(), []byte(text), 0o600)
}

func (s *store) socket() string           { return filepath.Join(s.dir, "run", "containerd.sock") }
func (s *store) containerdConfig() string { return filepath.Join(s.dir, "containerd.toml") }

// daemon is containerd while it runs.
type daemon struct {
	*server
	store *store
}

// startContainerd starts the daemon of a store.
func (s *store) startContainerd(ctx context.Context) (*daemon, error) {
	cmd := exec.Command(filepath.Join(filepath.Dir(s.program), "containerd"), "--config", s.containerdConfig(), "--log-level", "warn")
	cmd.Env = s.env
	server, err := startServer(ctx, cmd, func() error {
		c, err := net.Dial("unix", s.socket())
		if err != nil {
			return err
		}
		return c.Close()
	})
	return &daemon{server, s}, err
}

// ctr runs ctr. The usage includes the CPU time of the daemon and of the programs that it calls.
func (d *daemon) ctr(ctx context.Context, args ...string) (u usage, out string, err error) {
	before, err := d.cpu()
	if err != nil {
		return u, "", err
	}
	u, out, err = command{d.store.env, append([]string{d.store.program, "--address", d.store.socket()}, args...)}.run(ctx)
	if err != nil {
		return u, "", fmt.Errorf("%w; the daemon: %s", err, &d.log)
	}
	after, err := d.cpu()
	u.CPU += after - before
	return u, out, err
}

// cpu returns the user and system time of the daemon and of its children that have ended.
func (d *daemon) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	return statCPU(string(text))
}

// ticks are the parts of a second in which Linux counts CPU time for programs.
const ticks = 100

// statCPU returns the sum of utime, stime, cutime and cstime of /proc/PID/stat.
func statCPU(stat string) (cpu time.Duration, err error) {
	// The name of the program is in parentheses and may contain anything.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 15 {
		return 0, fmt.Errorf("%q is not from /proc/PID/stat", stat)
	}
	for _, f := range fields[11:15] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		cpu += time.Duration(n) * time.Second / ticks
	}
	return cpu, nil
}

// end stops the daemon, and returns the resident bytes of its largest process and of the programs
// that it has called.
func (d *daemon) end() int64 {
	d.stop()
	return d.cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}
