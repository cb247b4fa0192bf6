package main

import (
	"context"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// cold has the kernel forget all but the program of podman.
func (s *session) cold() error {
	if err := chill(); err != nil {
		return err
	}
	_, _, err := s.podman(s, "--version")
	return err
}

// pull measures the pull of the first image, and its size on the disk.
func (s *session) pull() error {
	if err := chill(); err != nil {
		return err
	}
	if err := s.warm(s, s.bench.images[0]); err != nil {
		return err
	}
	if _, _, err := s.podman(s, "--version"); err != nil {
		return err
	}
	u, _, err := s.podman(s, "pull", "-q", s.image)
	if err != nil {
		return err
	}
	s.addPull(u, sync())
	return s.addSpace()
}

// sync writes dirty pages to the disk and returns the time that it took.
func sync() time.Duration {
	start := time.Now()
	unix.Sync()
	return time.Since(start)
}

// addPull adds the usage of a pull, and the time of the sync that came next.
func (s *session) addPull(u usage, synced time.Duration) {
	s.add("pull, wall", report.Seconds, u.Wall.Seconds())
	s.add("pull and sync, wall", report.Seconds, (u.Wall + synced).Seconds())
	s.add("pull, CPU", report.Seconds, u.CPU.Seconds())
	s.add("pull, peak memory", report.Bytes, float64(u.Peak))
}

// addSpace adds the size of the store on the disk.
func (s *session) addSpace() error {
	got, err := measureSpace(s.root)
	if err != nil {
		return err
	}
	s.add("disk, bytes", report.Bytes, float64(got.bytes))
	s.add("disk, inodes", report.Count, float64(got.inodes))
	return nil
}

// floor measures the floor of the pull of a bench.
func (l *lab) floor(ctx context.Context, b bench) error {
	s := l.newSession(ctx, b, bareFloor)
	dir, err := l.newDir(bareFloor)
	if err != nil {
		return err
	}
	defer discard(dir) //nolint:errcheck // the next use and the end of the program try again
	s.store = &store{dir: dir, env: os.Environ()}
	if err := chill(); err != nil {
		return err
	}
	if err := l.warm(ctx, b.images[0]); err != nil {
		return err
	}
	u, _, err := s.self("floor", s.image, s.dir)
	if err != nil {
		return err
	}
	s.addPull(u, sync())
	return nil
}

// pullNext measures the pulls of the other images, each of which is a later version of
// the one before.
func pullNext(s *session) error {
	var wall, cpu time.Duration
	before, err := measureSpace(s.root)
	if err != nil {
		return err
	}
	for _, name := range s.bench.images[1:] {
		if err := s.warm(s, name); err != nil {
			return err
		}
		u, _, err := s.podman(s, "pull", "-q", s.ref(name))
		if err != nil {
			return err
		}
		wall, cpu = wall+u.Wall, cpu+u.CPU
	}
	after, err := measureSpace(s.root)
	if err != nil {
		return err
	}
	s.add("next versions, wall", report.Seconds, wall.Seconds())
	s.add("next versions, CPU", report.Seconds, cpu.Seconds())
	s.add("next versions, new bytes", report.Bytes, float64(after.bytes-before.bytes))
	s.add("next versions, new inodes", report.Count, float64(after.inodes-before.inodes))
	return nil
}

// warm reads the blobs of an image again after chill: the registry stands for another
// machine, whose disk does not count.
func (l *lab) warm(ctx context.Context, name string) error {
	m, err := floor.GetManifest(ctx, l.ref(name))
	if err != nil {
		return err
	}
	for _, b := range append(m.Layers, m.Config) {
		if err := readFile(l.registry.blob(b.Digest)); err != nil {
			return err
		}
	}
	return nil
}

// removeImage measures the removal of the image.
func removeImage(s *session) error {
	if err := s.cold(); err != nil {
		return err
	}
	u, _, err := s.podman(s, "rmi", s.image)
	s.add("remove, wall", report.Seconds, u.Wall.Seconds())
	s.add("remove, CPU", report.Seconds, u.CPU.Seconds())
	return err
}
