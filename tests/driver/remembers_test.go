//go:build linux

package driver_test

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestStoreRemembers makes layers with the switches on, off and left out, as flags of
// podman leave them out, in stores with and without a pool.
func TestStoreRemembers(t *testing.T) {
	dirs := newDirs(t)
	parent := ""
	for _, c := range []struct {
		id        string
		kind      kind
		composefs bool
		status    string
	}{
		{"new", kind{unset: true}, false, "off: use_composefs and convert_images are unset, and the store has no pool"},
		{"half", kind{unset: true, options: []string{"overlay.use_composefs=true"}}, false, "off: convert_images is unset, and the store has no pool"},
		{"on", kind{}, true, "on"},
		{"unset", kind{unset: true}, true, "on: use_composefs and convert_images are unset, and the store has a pool"},
		{"other options", kind{unset: true, options: []string{"overlay.mountopt=nodev"}}, true, "on: use_composefs and convert_images are unset, and the store has a pool"},
		{"half again", kind{unset: true, options: []string{"use_composefs=true"}}, true, "on: convert_images is unset, and the store has a pool"},
		{"false", kind{off: true}, false, `off: use_composefs is not "true"`},
		{"unset again", kind{unset: true}, true, "on: use_composefs and convert_images are unset, and the store has a pool"},
	} {
		s := dirs.open(t, c.kind)
		s.layer(t, c.id, parent, small)
		if got := s.isComposefs(c.id); got != c.composefs {
			t.Errorf("%s: composefs %v", c.id, got)
		}
		for _, line := range s.Status() {
			reason, _, _ := strings.Cut(line[1], "; ") // advice follows
			if line[0] == "Composefs" && reason != c.status {
				t.Errorf("%s: status %q, want %q", c.id, reason, c.status)
			}
		}
		parent = c.id
	}
	s := dirs.open(t, kind{unset: true})
	s.remove(t, "new", "half", "on", "unset", "other options", "half again", "false", "unset again")
	s.layer(t, "later", "", small) // also if it is empty
	if !s.isComposefs("later") {
		t.Error("the store forgets when it is empty")
	}
	s.remove(t, "later")
}

// TestStoreOfOthers mounts composefs of an additional image store from a store that
// never had composefs on: merged images in its pool do not turn composefs on.
func TestStoreOfOthers(t *testing.T) {
	theirs := newDirs(t)
	filler := theirs.open(t, kind{})
	filler.layer(t, "base", "", small)
	filler.layer(t, "top", "base", small)
	s := newStore(t, kind{unset: true, options: []string{"overlay.imagestore=" + theirs.share(t)}})
	s.read(t, "top", "ro")
	if len(s.objects(t)) == 0 {
		t.Error("the pool has no merged image")
	}
	s.layer(t, "own", "", small)
	if s.isComposefs("own") {
		t.Error("it has become composefs")
	}
}

func (s *store) isComposefs(id string) bool {
	return unix.Access(s.home()+"/"+id+"/composefs-data", unix.F_OK) == nil
}
