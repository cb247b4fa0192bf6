package main

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// containerd measures the pull by containerd, the space of the image on the disk, and its removal.
// The daemon is a new one for each, as podman is.
func (l *lab) containerd(ctx context.Context, b bench, c containerd) (err error) {
	s := l.newSession(ctx, b, c.kind)
	s.image += ":latest" // ctr adds none
	if s.store, err = c.newStore(l); err != nil {
		return err
	}
	defer func() {
		if removed := discard(s.dir); err == nil {
			err = removed
		}
	}()
	if err := s.pullByContainerd(c); err != nil {
		return err
	}
	if s.results.Rounds == 1 {
		if err := s.compareContainerd(c); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(b.steps, func(s step) bool { return s.name == removal }) {
		return s.removeByContainerd()
	}
	return nil
}

// coldContainerd has the kernel forget all but the daemon and the programs that take part in a
// pull.
func (s *session) coldContainerd(d *daemon) error {
	if err := chill(); err != nil {
		return err
	}
	for _, c := range [][]string{{"mkfs.erofs", "--version"}, {"igzip", "--version"}} {
		path := filepath.Join(filepath.Dir(s.store.program), c[0])
		if err := exec.CommandContext(s, path, c[1:]...).Run(); err != nil {
			return err
		}
	}
	_, _, err := d.ctr(s, "version")
	return err
}

// byContainerd does something with a daemon of its own, with cold caches.
func (s *session) byContainerd(do func(*daemon) error) error {
	d, err := s.startContainerd(s)
	if err != nil {
		return err
	}
	defer d.stop()
	if err := s.coldContainerd(d); err != nil {
		return err
	}
	return do(d)
}

func (s *session) pullByContainerd(c containerd) error {
	return s.byContainerd(func(d *daemon) error {
		if err := s.warm(s, s.bench.images[0]); err != nil {
			return err
		}
		u, _, err := d.ctr(s, c.pull(s.image)...)
		if err != nil {
			return err
		}
		synced := sync()
		u.Peak = max(u.Peak, d.end())
		s.addPull(u, synced)
		return s.addSpace()
	})
}

// compareContainerd compares the image as containerd shows it with that of plain.
func (s *session) compareContainerd(c containerd) error {
	return s.byContainerd(func(d *daemon) error {
		target := filepath.Join(s.dir, "image")
		if _, _, err := d.ctr(s, "image", "mount", "--snapshotter", c.snapshotter, s.image, target); err != nil {
			return err
		}
		_, _, err := s.look("tree", target)
		_, _, unmounted := d.ctr(s, "image", "unmount", "--snapshotter", c.snapshotter, "--rm", target)
		return errors.Join(err, unmounted)
	})
}

func (s *session) removeByContainerd() error {
	return s.byContainerd(func(d *daemon) error {
		u, _, err := d.ctr(s, "image", "rm", "--sync", s.image)
		s.add("remove, wall", report.Seconds, u.Wall.Seconds())
		s.add("remove, CPU", report.Seconds, u.CPU.Seconds())
		return err
	})
}
