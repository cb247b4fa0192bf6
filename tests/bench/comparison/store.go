package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// store is a podman with a store of its own.
type store struct {
	dir, root string
	program   string
	env       []string
}

// newStore makes an empty store. As usual, files that do not outlive a reboot are not on the
// disk. podman's cache of blobs, which is not in the store, is beside it.
func (l *lab) newStore(k kind) (*store, error) {
	dir, err := l.newDir(k.name)
	if err != nil {
		return nil, err
	}
	s := &store{dir: dir, root: filepath.Join(dir, "root"), program: filepath.Join(l.project, "bin", k.program)}
	for _, name := range []string{"tmp", "run", "containers"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return nil, err
		}
	}
	if err := unix.Mount("tmpfs", filepath.Join(dir, "run"), "tmpfs", 0, ""); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(containers, 0o755); err != nil {
		return nil, err
	}
	if err := unix.Mount(filepath.Join(dir, "containers"), containers, "", unix.MS_BIND, ""); err != nil {
		return nil, err
	}
	s.env, err = s.configure(k)
	return s, err
}

// containers is the directory with podman's cache of blobs, which all stores share.
const containers = "/var/lib/containers"

// podman runs podman on the store, and self runs this program.
func (s *store) podman(ctx context.Context, args ...string) (usage, string, error) {
	return command{s.env, append([]string{s.program}, args...)}.run(ctx)
}

// remove ends the containers of the store, unmounts it, and removes it.
func (s *store) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	_, _, err := s.podman(ctx, "rm", "-af", "-t0")
	_, _, err2 := s.podman(ctx, "image", "unmount", "-af")
	return errors.Join(err, err2, unix.Unmount(containers, unix.MNT_DETACH), discard(s.dir))
}
