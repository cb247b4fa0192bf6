package main

import (
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// inodes measures looking at all names and inodes of a container that has added a file to each of
// the directories that programs search: what inode numbers cost, most of all where overlayfs
// merges directories. All times are CPU times.
func inodes(s *session) error {
	c, err := s.create()
	if err != nil {
		return err
	}
	dirs, err := searchDirs(c.dir)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := os.WriteFile(filepath.Join(c.dir, dir, "added"), nil, 0o644); err != nil {
			return err
		}
	}
	if err := s.findInodes(c.dir); err != nil {
		return err
	}
	for _, o := range []struct{ name, operation string }{{"getdents of all directories", "names"}, {"stat of all names", "inodes"}} {
		_, got, err := s.look(o.operation, c.dir)
		if err != nil {
			return err
		}
		s.add(o.name+", warm, CPU", report.Seconds, got.Again.Seconds())
	}
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	return err
}

// findInodes measures find(1), cold and warm, and the slab memory that it leaves.
func (s *session) findInodes(dir string) error {
	for _, c := range finds {
		if err := s.cold(); err != nil {
			return err
		}
		before, err := slab()
		if err != nil {
			return err
		}
		find := command{s.env, append([]string{"find", dir}, c.args...)}
		var warm []float64
		for i := range repeats + 1 {
			u, _, err := find.run(s)
			if err != nil {
				return err
			}
			if i > 0 {
				warm = append(warm, u.CPU.Seconds())
				continue
			}
			s.add(c.name+", cold, CPU", report.Seconds, u.CPU.Seconds())
			after, err := slab()
			if err != nil {
				return err
			}
			s.add("slab after "+c.name, report.Bytes, float64(after-before))
		}
		s.addMedian(c.name+", warm, CPU", warm)
	}
	return nil
}
