//go:build linux

package podman

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Store is the directories of a store.
type Store struct {
	Dir     string // all of it, and place for a test's own files
	Root    string // graphroot
	RunRoot string

	users []*Podman
	user  *User // of those without root
}

// NewStore makes an empty store on a disk for the duration of the test. After a test
// that has not failed so far, nothing may be left of its containers and mounts.
func NewStore(t testing.TB) *Store {
	t.Helper()
	needs.Root(t)
	needsRoot(t)
	dir, err := os.MkdirTemp(needs.Disk(t), "composefs-podman-*")
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{Dir: dir, Root: filepath.Join(dir, "root"), RunRoot: filepath.Join(dir, "run")}
	t.Cleanup(func() { s.remove(t) })
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(filepath.Join(dir, "tmp"), 0o711)); err != nil { // root of a user namespace passes through
		t.Fatal(err)
	}
	return s
}

// Tidy removes all containers and unmounts all images.
func (s *Store) Tidy() error {
	for i, p := range s.users {
		_, err := p.Try("rm", "-af", "-t0")
		if err == nil {
			_, err = p.Try("image", "unmount", "-af")
		}
		if err == nil || i == len(s.users)-1 {
			return err
		}
	}
	return nil
}

// Left returns leftovers of containers, mounts and pulls, in words.
func (s *Store) Left() (left []string) {
	mounts, err := mountinfo.Below(s.Dir)
	if err != nil {
		return []string{err.Error()}
	}
	for _, m := range mounts {
		// A small store is mounted. The stock driver mounts its directory on itself.
		if m != s.Root && (filepath.Base(m) != "overlay" || filepath.Dir(filepath.Dir(m)) != s.Dir) {
			left = append(left, "mount "+m)
		}
	}
	for pattern, what := range map[string]string{
		"*/overlay/staging/*":             "staged layer",
		"*/overlay/tempdirs/*":            "temporary directory",
		"*/overlay-composefs/staging/*":   "staged layer",
		"*/overlay-layers/tmp/*":          "temporary directory",
		"*/overlay-containers/*/userdata": "container",
	} {
		found, err := filepath.Glob(filepath.Join(s.Dir, pattern))
		if err != nil {
			panic(err)
		}
		for _, path := range found {
			left = append(left, what+" "+path)
		}
	}
	loops, err := loopsBelow(s.Dir)
	if err != nil {
		left = append(left, err.Error())
	}
	for _, l := range loops {
		if strings.HasSuffix(l, " "+s.disk()) {
			continue
		}
		left = append(left, "loop device "+l)
	}
	return left
}

// Clean fails the test if something is left of containers, mounts and pulls.
func (s *Store) Clean(t testing.TB) {
	t.Helper()
	for _, l := range s.Left() {
		t.Errorf("left behind: %s", l)
	}
}

// remove ends the processes of the store, unmounts everything there, and then removes
// the files.
func (s *Store) remove(t testing.TB) {
	if err := errors.Join(s.Tidy(), s.endRootless(), s.endProcesses(), s.endPause()); err != nil {
		t.Errorf("tidy: %v", err)
	}
	if !t.Failed() {
		s.Clean(t)
	}
	err := s.unmount()
	if err == nil {
		err = os.RemoveAll(s.Dir)
	}
	if err != nil {
		t.Errorf("store %s stays: %v", s.Dir, err)
	}
}

// unmount unmounts all below the store, the last mounted first. Nothing must be
// removed through a mount.
func (s *Store) unmount() error {
	if err := detachBelow(s.Dir); err != nil {
		return err
	}
	if mounts, err := mountinfo.Below(s.Dir); err != nil || len(mounts) > 0 {
		return fmt.Errorf("still mounted: %q, %w", mounts, err)
	}
	return nil
}
