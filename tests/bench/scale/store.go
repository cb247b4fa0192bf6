package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// kind is a podman, and whether its store has composefs layers.
type kind struct {
	name, program string
	composefs     bool
}

// store is a podman with a store on a file system of its own. It is used in a mount namespace that ends
// with this program.
type store struct {
	kind
	dir string
	env []string
}

// makeFilesystem has room for some millions of files. They are so small that ext4 keeps them in inodes.
const makeFilesystem = `set -e
truncate -s 40G "$1.img"
mkfs.ext4 -q -E nodiscard -O inline_data -N 8000000 "$1.img"
device=$(losetup --find --show --direct-io=on "$1.img")
mount -o noinit_itable "$device" "$1" || { losetup -d "$device"; exit 1; }
losetup -d "$device"
rm "$1.img"
mkdir "$1/tmp" "$1/run"
mount -t tmpfs tmpfs "$1/run"`

const storageConf = `[storage]
driver = "overlay"
graphroot = %q
runroot = %q
[storage.options.pull_options]
enable_partial_images = "%t"
convert_images = "%t"
[storage.options.overlay]
use_composefs = "%t"
`

// newStore makes an empty store below a directory.
func newStore(dir string, k kind) (*store, error) {
	s := &store{kind: k, dir: filepath.Join(dir, k.name)}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, err
	}
	if out, err := exec.Command("sh", "-c", makeFilesystem, "sh", s.dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("file system for %s: %w: %s", k.name, err, out)
	}
	run := filepath.Join(s.dir, "run")
	env, err := conf.Files{
		Containers: conf.Containers(filepath.Join(run, "libpod"), filepath.Join(s.dir, "networks")),
		Storage:    fmt.Sprintf(storageConf, s.root(), filepath.Join(run, "storage"), k.composefs, k.composefs, k.composefs),
	}.Write(s.dir, s.dir)
	s.env = append(env, "PATH="+os.Getenv("PATH"))
	return s, err
}

func (s *store) root() string { return filepath.Join(s.dir, "root") }

// usage is what a command used, with the processes that it waited for.
type usage struct {
	CPU  time.Duration // user and system
	Peak int64         // resident bytes of the largest process
}

// run runs a command in the environment of the store.
func (s *store) run(ctx context.Context, args ...string) (usage, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env, cmd.Stderr = s.env, &stderr
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %.200q: %w: %s", s.name, args, err, strings.TrimSpace(stderr.String()))
	}
	r := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return usage{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), r.Maxrss << 10}, nil
}

// podman runs podman.
func (s *store) podman(ctx context.Context, args ...string) (usage, error) {
	return s.run(ctx, append([]string{s.program}, args...)...)
}

// calls runs podman and counts the system calls that name files or read directories. They do not depend
// on the load of the machine.
func (s *store) calls(ctx context.Context, args ...string) (int, error) {
	out := filepath.Join(s.dir, "tmp", "calls")
	_, err := s.run(ctx, append([]string{"strace", "-f", "-c", "-e", "trace=%file,getdents64", "-o", out, s.program}, args...)...)
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 5 && f[len(f)-1] == "total" {
			return strconv.Atoi(f[3])
		}
	}
	return 0, fmt.Errorf("strace has written no total: %s", text)
}

// busy calls fn while another process seems to add a layer.
func (s *store) busy(fn func() error) error {
	f, err := os.OpenFile(filepath.Join(s.root(), "overlay-composefs", "lock"), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return fn() // plain overlay has no pool
	}
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_SH)
	}
	if err != nil {
		return err
	}
	return errors.Join(fn(), f.Close())
}
