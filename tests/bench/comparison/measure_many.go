package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	atOnce  = 100 // containers that start together
	removed = 50  // containers of them that one command removes
	booted  = 50  // further images of the store that boots
)

// manyContainers measures containers that start at once, each by a podman of its own, until the last
// one has ended, and then the removal of some of them.
func manyContainers(s *session) error {
	if s.kind == stock {
		return nil
	}
	if err := s.cold(); err != nil {
		return err
	}
	const script = `for i in $(seq "$1"); do "$2" run --name "c$i" --network none "$3" true & done; wait`
	u, _, err := command{s.env, []string{"sh", "-c", script, "sh", fmt.Sprint(atOnce), s.store.program, s.image}}.run(s)
	if err != nil {
		return err
	}
	s.addUsage(fmt.Sprintf("run true, %d at once", atOnce), u)
	_, ended, err := s.podman(s, "ps", "-aq", "--filter", "exited=0")
	if err != nil {
		return err
	}
	names := strings.Fields(ended)
	if len(names) != atOnce {
		return fmt.Errorf("%d containers ended well, of %d", len(names), atOnce)
	}
	if u, _, err = s.podman(s, append([]string{"rm"}, names[:removed]...)...); err != nil {
		return err
	}
	s.addUsage(fmt.Sprintf("rm of %d containers", removed), u)
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	return err
}

// boot measures the first container after a boot, in a store of many images.
func boot(s *session) error {
	if s.kind == stock {
		return nil
	}
	made, err := s.variants(booted)
	if err != nil {
		return err
	}
	var wall, cpu []float64
	for range commits {
		if err := s.reboot(); err != nil {
			return err
		}
		u, _, err := s.podman(s, "run", "--rm", "--network", "none", s.image, "true")
		if err != nil {
			return err
		}
		wall, cpu = append(wall, u.Wall.Seconds()), append(cpu, u.CPU.Seconds())
	}
	s.addMedian("run true after a boot, wall", wall)
	s.addMedian("run true after a boot, CPU", cpu)
	_, _, err = s.podman(s, append([]string{"rmi"}, made...)...)
	return err
}

// variants makes images with one more layer than the image of the session.
func (s *session) variants(n int) (made []string, err error) {
	c, err := s.create()
	if err != nil {
		return nil, err
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(c.dir, "variant"), fmt.Append(nil, i), 0o644); err != nil {
			return nil, err
		}
		made = append(made, fmt.Sprintf("localhost/variant-%d", i))
		if _, _, err := s.podman(s, "commit", "-q", c.id, made[i]); err != nil {
			return nil, err
		}
	}
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	return made, err
}

// reboot leaves of a store only the part that outlives a boot, and has the kernel forget all else.
func (s *session) reboot() error {
	points, err := mountsBelow(s.dir)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(points[1:]) { // the first one is the disk
		if err := unix.Unmount(p, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
			return fmt.Errorf("unmount %s: %w", p, err)
		}
	}
	if err := unix.Mount("tmpfs", filepath.Join(s.dir, "run"), "tmpfs", 0, ""); err != nil {
		return err
	}
	return s.cold()
}
