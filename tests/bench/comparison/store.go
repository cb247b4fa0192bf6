package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// store is a podman with a store of its own.
type store struct {
	dir, root string
	program   string
	env       []string
}

// newStore makes an empty store. Podman's knowledge of what it has pulled before, which
// is not in the store, is emptied too.
func (l *lab) newStore(k kind) (*store, error) {
	dir := filepath.Join(l.cache, "stores", strings.NewReplacer(" ", "-", ",", "").Replace(k.name))
	s := &store{dir: dir, root: filepath.Join(dir, "root"), program: filepath.Join(l.project, "bin", k.program)}
	err := s.discard()
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "tmp"), 0o755)
	}
	if err == nil {
		err = os.RemoveAll(filepath.Join(containers, "cache"))
	}
	if err != nil {
		return nil, err
	}
	s.env, err = s.configure(k)
	return s, err
}

// containers is where podman keeps what it knows of blobs, whatever its store is.
const containers = "/var/lib/containers"

// podman runs podman, and self this program, on what is in the store.
func (s *store) podman(ctx context.Context, args ...string) (usage, string, error) {
	return command{s.env, append([]string{s.program}, args...)}.run(ctx)
}

// remove ends and unmounts what is in the store, and removes it.
func (s *store) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	_, _, err := s.podman(ctx, "rm", "-af", "-t0")
	_, _, err2 := s.podman(ctx, "image", "unmount", "-af")
	return errors.Join(err, err2, s.discard())
}

// discard unmounts all below the directory of the store, and removes it. Nothing must
// be removed through a mount.
func (s *store) discard() error {
	points, err := mountsBelow(s.dir)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(points) {
		if err := unix.Unmount(p, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil && err != unix.EINVAL { // gone with the one above
			return fmt.Errorf("unmount %s: %w", p, err)
		}
	}
	if points, err := mountsBelow(s.dir); err != nil || len(points) > 0 {
		return fmt.Errorf("still mounted: %q, %w", points, err)
	}
	return os.RemoveAll(s.dir)
}

// mountsBelow returns where something is mounted below dir, in the order in which it
// was. Our paths have nothing in them that mountinfo escapes.
func mountsBelow(dir string) (points []string, err error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 4 && strings.HasPrefix(fields[4], dir+"/") {
			points = append(points, fields[4])
		}
	}
	return points, err
}
