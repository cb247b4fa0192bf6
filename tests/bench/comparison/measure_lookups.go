package main

import (
	"fmt"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// lookUp measures lookups of missing names, in directories that have been
// looked at.
func lookUp(s *session) error {
	const name = "20,000 failed lookups"
	return s.mounted(func(dir string) error {
		if _, _, err := s.look("stat", dir); err != nil {
			return err
		}
		for _, o := range []struct {
			operation, where string
			dirs             func(string) ([]string, error)
		}{
			{"lookups", "", allDirs},
			{"searches", ", search paths", searchDirs},
			{"everywhere", ", directories of all layers", commonDirs},
		} {
			_, got, err := s.look(o.operation, dir)
			if err != nil {
				return err
			}
			s.add(name+o.where, report.Seconds, got.CPU.Seconds())
			s.add(name+o.where+", again", report.Seconds, got.Again.Seconds())
			if s.kind != plain {
				continue
			}
			if err := s.describeLayers(name+o.where, dir, o.dirs); err != nil {
				return err
			}
		}
		return nil
	})
}

// describeLayers returns how many layers plain overlay asks for a missing name.
func (s *session) describeLayers(what, root string, choose func(string) ([]string, error)) error {
	layers, err := filepath.Glob(filepath.Join(s.root, "overlay", "*", "diff"))
	if err != nil {
		return err
	}
	dirs, err := choose(root)
	if err != nil {
		return err
	}
	s.results.Describe(what, fmt.Sprintf("%d directories, each of which is in %.1f of %d layers on average", len(dirs), meanLayers(layers, dirs), len(layers)))
	return nil
}
