package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// runTrue measures the first container of the image, and later ones.
func runTrue(s *session) error {
	if err := s.cold(); err != nil {
		return err
	}
	var wall, cpu []float64
	for i := range repeats + 1 {
		u, _, err := s.podman(s, "run", "--rm", "--network", "none", s.image, "true")
		if err != nil {
			return err
		}
		if i == 0 {
			s.add("run true, first", report.Seconds, u.Wall.Seconds())
			continue
		}
		wall, cpu = append(wall, u.Wall.Seconds()), append(cpu, u.CPU.Seconds())
	}
	s.addMedian("run true, later", wall)
	s.addMedian("run true, later, CPU", cpu)
	return nil
}

// commits is how often commit commits; the median counts.
const commits = 3

// commit measures the commit of a container in which a line was added to a file.
func commit(s *session) error {
	var wall, cpu []float64
	for i := range commits {
		c, err := s.create()
		if err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(c.dir, "etc/debian_version"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("changed\n")
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
		if _, _, err := s.podman(s, "unmount", "-a"); err != nil {
			return err
		}
		name := fmt.Sprintf("localhost/committed-%d", i)
		u, _, err := s.podman(s, "commit", "-q", c.id, name)
		if err != nil {
			return err
		}
		if _, _, err := s.podman(s, "rm", "-af", "-t0"); err != nil {
			return err
		}
		if _, _, err := s.podman(s, "rmi", name); err != nil {
			return err
		}
		wall, cpu = append(wall, u.Wall.Seconds()), append(cpu, u.CPU.Seconds())
	}
	s.addMedian("commit of a changed file, wall", wall)
	s.addMedian("commit of a changed file, CPU", cpu)
	return nil
}

// container is one that was made and mounted.
type container struct {
	id, dir string
	mount   usage
}

func (s *session) create() (c container, err error) {
	_, c.id, err = s.podman(s, "create", "--network", "none", s.image, "true")
	if err != nil {
		return c, err
	}
	c.mount, c.dir, err = s.podman(s, "mount", c.id)
	return c, err
}

// mountMany measures the kernel's slab memory after many containers were mounted and
// walked, and what each after the first one adds. That is a median, because it has the
// same if the kernel has dropped caches in the meantime; the sum is worthless then.
//
// It takes minutes and hardly varies: it is done in every second round, and with stock
// composefs, which takes longest, in the first one.
func mountMany(s *session) error {
	if round := s.results.Rounds; round%2 == 0 || s.kind == stock && round > 1 {
		return nil
	}
	if err := s.cold(); err != nil {
		return err
	}
	before, err := slab()
	if err != nil {
		return err
	}
	var mounts, walks, grown []float64
	last, shrunk := before, false
	for i := range s.containers {
		c, err := s.create()
		if err != nil {
			return err
		}
		mounts = append(mounts, c.mount.Wall.Seconds())
		u, _, err := s.look("stat", c.dir)
		if err != nil {
			return err
		}
		walks = append(walks, u.Wall.Seconds())
		now, err := slab()
		if err != nil {
			return err
		}
		if i > 0 {
			grown = append(grown, float64(now-last))
		}
		shrunk = shrunk || now < last
		last = now
	}
	s.add("slab of the containers", report.Bytes, float64(last-before))
	if v, ok := report.Median(grown); ok {
		s.add("slab of each further container", report.Bytes, v)
	}
	if shrunk {
		s.results.Describe("**disturbed** in "+s.bench.name, "slab memory of the containers of "+s.kind+" was reclaimed while they were mounted: the sum says nothing")
	}
	s.addMedian("container mount", mounts)
	s.addMedian("walk of a container", walks)
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	return err
}
