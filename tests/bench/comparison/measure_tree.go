package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// self runs this program in a process of its own.
func (s *session) self(args ...string) (usage, string, error) {
	path, err := os.Executable()
	if err != nil {
		return usage{}, "", err
	}
	return command{s.env, append([]string{path}, args...)}.run(s)
}

// look has an operation look at a directory.
func (s *session) look(operation, dir string) (u usage, got seen, err error) {
	u, out, err := s.self(operation, dir)
	if err == nil {
		err = json.Unmarshal([]byte(out), &got)
	}
	if err == nil {
		err = s.same(operation, got)
	}
	return u, got, err
}

// mounted mounts the image for the duration of a function.
func (s *session) mounted(do func(dir string) error) (err error) {
	_, dir, err := s.podman(s, "image", "mount", s.image)
	if err != nil {
		return err
	}
	defer func() {
		_, _, unmounted := s.podman(s, "image", "unmount", s.image)
		err = errors.Join(err, unmounted)
	}()
	return do(dir)
}

// compare compares the image with that of plain.
func (s *session) compare() error {
	return s.mounted(func(dir string) error {
		_, _, err := s.look("tree", dir)
		return err
	})
}

// finds are ways to call find(1). Names are enough for the first one; the second one asks for each
// inode.
var finds = []struct {
	name string
	args []string
}{{"find", nil}, {"find -size", []string{"-size", "+1000000G"}}}

// find measures looking at all names, and at all inodes.
func find(s *session) error {
	empty := filepath.Join(s.dir, "empty")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		return err
	}
	return s.mounted(func(dir string) error {
		for _, c := range finds {
			if err := chill(); err != nil {
				return err
			}
			at := func(dir string) command { return command{s.env, append([]string{"find", dir}, c.args...)} }
			if _, _, err := at(empty).run(s); err != nil { // loads the program
				return err
			}
			for _, when := range []string{"cold", "warm"} {
				u, _, err := at(dir).run(s)
				if err != nil {
					return err
				}
				s.add(c.name+", "+when, report.Seconds, u.Wall.Seconds())
			}
		}
		return nil
	})
}

// readAll measures reading all files.
func readAll(s *session) error {
	return s.mounted(func(dir string) error {
		if err := chill(); err != nil {
			return err
		}
		if _, _, err := s.self("read", filepath.Join(s.dir, "tmp")); err != nil { // loads the program
			return err
		}
		for _, when := range []string{"cold", "warm"} {
			u, got, err := s.look("read", dir)
			if err != nil {
				return err
			}
			s.add("read all files, "+when, report.Seconds, u.Wall.Seconds())
			s.add("read all files, "+when+", CPU", report.Seconds, u.CPU.Seconds())
			s.add("read all files, "+when+", from the disk", report.Bytes, float64(got.Disk))
			if when == "warm" && got.Disk > got.Bytes/100 {
				s.results.Describe("**disturbed** in "+s.bench.name, fmt.Sprintf("%s read %.0f MB from the disk again that was in memory before: \"warm\" says nothing", s.kind, float64(got.Disk)/1e6))
			}
			if s.kind != plain {
				continue
			}
			s.results.Describe("image \""+s.bench.name+"\"", fmt.Sprintf("%d names, %d files of %.0f MB", got.Entries, got.Files, float64(got.Bytes)/1e6))
		}
		return nil
	})
}

// repeats is how often a round does a short step; the median counts.
const repeats = 9

// mountImage measures the first mount of the image, and later ones.
func mountImage(s *session) error {
	if err := s.cold(); err != nil {
		return err
	}
	var later []float64
	for i := range repeats + 1 {
		u, _, err := s.podman(s, "image", "mount", s.image)
		if err != nil {
			return err
		}
		if _, _, err := s.podman(s, "image", "unmount", s.image); err != nil {
			return err
		}
		if i == 0 {
			s.add("image mount, first", report.Seconds, u.Wall.Seconds())
			continue
		}
		later = append(later, u.Wall.Seconds())
	}
	s.addMedian("image mount, later", later)
	return nil
}

func (s *session) addMedian(name string, seconds []float64) {
	if v, ok := report.Median(seconds); ok {
		s.add(name, report.Seconds, v)
	}
}
