package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// changed is how many files of a container are changed.
const changed = 10_000

// changes measures the diff and the commit of a container with many changed files.
func changes(s *session) error {
	if s.kind == stock {
		return nil
	}
	c, err := s.create()
	if err != nil {
		return err
	}
	if err := change(filepath.Join(c.dir, "usr"), changed); err != nil {
		return err
	}
	if _, _, err := s.podman(s, "unmount", "-a"); err != nil {
		return err
	}
	if err := s.cold(); err != nil {
		return err
	}
	u, _, err := s.podman(s, "diff", c.id)
	if err != nil {
		return err
	}
	s.addUsage("diff of 10,000 changed files", u)
	if err := s.cold(); err != nil {
		return err
	}
	const name = "localhost/changed"
	if u, _, err = s.podman(s, "commit", "-q", c.id, name); err != nil {
		return err
	}
	s.addUsage("commit of 10,000 changed files", u)
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	_, _, err2 := s.podman(s, "rmi", name)
	return errors.Join(err, err2)
}

// change adds a byte to the first files of a tree.
func change(dir string, files int) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case files == 0:
			return fs.SkipAll
		case !d.Type().IsRegular():
			return nil
		}
		files--
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("\n")
		return errors.Join(err, f.Close())
	})
}

// copied is the directory that copyOut copies: the Go tree.
const copied = "/usr/local/go"

// copyOut measures podman cp of a directory out of a container of the image.
func copyOut(s *session) error {
	if s.kind == stock {
		return nil
	}
	_, id, err := s.podman(s, "create", "--network", "none", s.image, "true")
	if err != nil {
		return err
	}
	if err := s.cold(); err != nil {
		return err
	}
	to := filepath.Join(s.dir, "copied")
	u, _, err := s.podman(s, "cp", id+":"+copied, to)
	if err != nil {
		return err
	}
	s.addUsage("cp of the Go tree", u)
	_, _, err = s.podman(s, "rm", "-af", "-t0")
	return errors.Join(err, os.RemoveAll(to))
}
