package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// addUsage adds the time that a command took.
func (s *session) addUsage(name string, u usage) {
	s.add(name+", wall", report.Seconds, u.Wall.Seconds())
	s.add(name+", CPU", report.Seconds, u.CPU.Seconds())
}

// archive is the file that save writes and load reads.
func (s *session) archive() string { return filepath.Join(s.dir, "image.tar") }

// save measures podman save.
func save(s *session) error {
	if s.kind == stock {
		return nil
	}
	if err := s.cold(); err != nil {
		return err
	}
	u, _, err := s.podman(s, "save", "-q", "-o", s.archive(), s.image)
	s.addUsage("save", u)
	return err
}

// load measures podman load of a saved image into an empty store.
func load(s *session) (err error) {
	if s.kind == stock {
		return nil
	}
	if _, err := os.Stat(s.archive()); err != nil { // save was left out
		if _, _, err := s.podman(s, "save", "-q", "-o", s.archive(), s.image); err != nil {
			return err
		}
	}
	kinds := s.kinds(s.bench)
	k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.name == s.kind })]
	k.name += " loaded"
	into, err := s.newStore(k)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, into.remove(), os.Remove(s.archive())) }()
	if err := s.cold(); err != nil {
		return err
	}
	u, _, err := into.podman(s, "load", "-q", "-i", s.archive())
	if err != nil {
		return err
	}
	s.addUsage("load", u)
	for _, store := range []*store{s.store, into} {
		_, id, err := store.podman(s, "image", "inspect", "--format", "{{.Id}}", s.image)
		if err != nil {
			return err
		}
		if err := s.equal("image ID", id); err != nil {
			return err
		}
	}
	return nil
}

// push measures podman push of all layers.
func push(s *session) error {
	if s.kind == stock {
		return nil
	}
	return s.push("push")
}

// pushChunked measures podman push of all layers as zstd:chunked, whose compression takes minutes for
// a large image.
func pushChunked(s *session) error {
	if s.kind == stock {
		return nil
	}
	return s.push("push as zstd:chunked", "--compression-format", "zstd:chunked")
}

// push measures a push to an empty registry, whose blobs are in memory.
func (s *session) push(name string, options ...string) error {
	r, err := startRegistry(s, s.lab.program, filepath.Join(s.dir, "run", "registry"))
	if err != nil {
		return err
	}
	defer r.stop()
	if err := s.cold(); err != nil {
		return err
	}
	to := r.addr + "/" + s.bench.name
	u, _, err := s.podman(s, append(append([]string{"push", "-q"}, options...), s.image, to)...)
	if err != nil {
		return err
	}
	s.addUsage(name, u)
	m, err := floor.GetManifest(s, to)
	if err != nil {
		return err
	}
	if err := s.equal("image of "+name, fmt.Sprint(m)); err != nil {
		return err
	}
	return os.RemoveAll(r.dir)
}

// equal compares a result with that of plain, if plain has one.
func (s *session) equal(what, got string) error {
	key := s.bench.name + ": " + what
	want, ok := s.agreed[key]
	if !ok {
		s.agreed[key] = got
		return nil
	}
	if got != want {
		return fmt.Errorf("%s of %s: %s, before that %s", what, s.image, got, want)
	}
	return nil
}

// buildSteps is how many steps an image has that build builds.
const buildSteps = 20

// build measures podman build of short steps, and the same again, which finds all in the cache.
func build(s *session) error {
	if s.kind == stock {
		return nil
	}
	work := filepath.Join(s.dir, "work")
	text := "FROM " + s.image + "\n"
	for i := range buildSteps {
		text += fmt.Sprintf("RUN echo %d >/step-%d\n", i, i)
	}
	if err := errors.Join(os.MkdirAll(work, 0o755), os.WriteFile(filepath.Join(work, "Containerfile"), []byte(text), 0o644)); err != nil {
		return err
	}
	if err := s.cold(); err != nil {
		return err
	}
	const name = "localhost/built"
	var ids []string
	for _, measure := range []string{"build of 20 steps", "build of 20 steps, cached"} {
		u, id, err := s.podman(s, "build", "-q", "--layers", "--network", "none", "-t", name, work)
		if err != nil {
			return err
		}
		s.addUsage(measure, u)
		ids = append(ids, id)
	}
	if ids[0] != ids[1] {
		return fmt.Errorf("the second build made other images: %s", strings.Join(ids, ", "))
	}
	_, _, err := s.podman(s, "rmi", name)
	return err
}
