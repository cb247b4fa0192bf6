//go:build linux

package driver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// step makes the container of a build's step on a layer and mounts it.
func (s *store) step(t testing.TB, id, parent string) string {
	t.Helper()
	must(t, s.CreateReadWrite(id, parent, nil))
	t.Cleanup(func() {
		s.put(t, id)
		s.remove(t, id)
	})
	dir, err := s.Get(id, graphdriver.MountOpts{Volatile: true})
	must(t, err)
	return dir
}

// look mounts the image of a layer for a moment.
func (s *store) look(t testing.TB, id string) {
	t.Helper()
	s.get(t, id, "ro")
	s.put(t, id)
}

// hasMerged reports whether a layer has a merged image.
func (d dirs) hasMerged(id string) bool {
	_, err := os.Lstat(filepath.Join(d.home(), id, "composefs-data/merged.blob"))
	return err == nil
}

// separateIn returns the IDs of the layers that the mounts of a container show one by one.
func (d dirs) separateIn(t testing.TB, container string) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.home(), container, "composefs-separate"))
	if !os.IsNotExist(err) {
		must(t, err)
	}
	for line := range strings.Lines(string(text)) {
		id, _, _ := strings.Cut(line, " ")
		list = append(list, id)
	}
	return list
}

// built makes a base layer that is merged, and layers on it as a build does.
func built(t testing.TB, s *store, base []byte, steps ...[]byte) (top string) {
	t.Helper()
	s.layer(t, "base", "", base)
	s.look(t, "base")
	top = "base"
	for i, tar := range steps {
		s.layer(t, fmt.Sprint("step-", i), top, tar)
		top = fmt.Sprint("step-", i)
	}
	return top
}

func dirAnd(files ...layertest.Entry) []byte {
	return layertest.Tar(append([]layertest.Entry{layertest.Dir("d")}, files...)...)
}

// stepsBase has files and directories below r. Names that the mutator makes in a root would be those of
// object directories.
func stepsBase() []byte {
	entries := []layertest.Entry{layertest.Dir("r")}
	for n := range 6 {
		dir := fmt.Sprint("r/d", n)
		entries = append(entries, layertest.Dir(dir), layertest.Dir(dir+"/sub"),
			layertest.File(dir+"/small", "small"), layertest.File(dir+"/sub/large", strings.Repeat(dir, 1000)),
			layertest.Link(dir+"/sub/link", dir+"/sub/large"), layertest.Symlink(dir+"/symlink", "small"))
	}
	return layertest.Tar(entries...)
}

// TestSteps changes containers at random as the steps of a build do. The trees and diffs are those of
// the stock driver, and no step makes a merged image.
func TestSteps(t *testing.T) {
	p := newPair(t)
	for seed := range uint64(*images) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { checkSteps(t, p, seed) })
	}
}

func checkSteps(t *testing.T, p pair, seed uint64) {
	base, top, naive := stepsBase(), "base", false
	p.layer(t, top, "", base, base)
	p.ours.look(t, top)
	for n := range 5 {
		box, layer := fmt.Sprint("box-", n), fmt.Sprint("step-", n)
		ours, theirs := p.ours.step(t, box, top), p.theirs.step(t, box, top)
		settle(t, map[string]bool{"": true}, ours, theirs)
		m := newMutator(t, seed*10+uint64(n), filepath.Join(ours, "r"), filepath.Join(theirs, "r"))
		m.copies, m.alike = seed%2 == 1, seed%2 == 0
		m.mutate(40)
		p.compare(t, box, box, times)
		p.put(t, box)
		naive = naive || leans(t, filepath.Join(p.ours.home(), box, "diff")) // and a diff may merge
		p.compare(t, box+", again", box, times)
		p.layer(t, layer, top, p.ours.diff(t, box, top), p.theirs.diff(t, box, top))
		if top = layer; !naive && p.ours.hasMerged(layer) {
			t.Errorf("%s has a merged image", layer)
		}
		if got := len(p.ours.separateIn(t, box)); !naive && got != n {
			t.Errorf("%s shows %d layers one by one, want %d", box, got, n)
		}
	}
	if naive {
		return
	}
	p.ours.step(t, "last", top)
	ours, theirs := p.ours.read(t, top, "ro"), p.theirs.read(t, top, "ro")
	ours.Root.Mode, ours.Root.UID, ours.Root.GID = theirs.Root.Mode, theirs.Root.UID, theirs.Root.GID
	report(t, "image", mounted.Compare(ours, theirs, times))
}

// TestSeparateStays mounts a container of a build again after its image was merged, and by another
// driver: inode numbers and layers are the same.
func TestSeparateStays(t *testing.T) {
	dirs := newDirs(t)
	s := dirs.open(t, kind{})
	top := built(t, s, dirAnd(layertest.File("d/a", "a"), layertest.File("d/b", "b")),
		dirAnd(layertest.File("d/c", "c")), dirAnd(layertest.File("d/e", strings.Repeat("e", 100))))
	first, err := mounted.ReadNumbers(s.step(t, "box", top))
	must(t, err)
	if got := s.separateIn(t, "box"); !slices.Equal(got, []string{"step-1", "step-0"}) {
		t.Fatalf("layers one by one: %q", got)
	}
	s.put(t, "box")
	other := dirs.open(t, kind{})
	other.look(t, top)
	if !s.hasMerged(top) {
		t.Fatal("a mount of the image does not merge")
	}
	again, err := mounted.ReadNumbers(other.get(t, "box"))
	must(t, err)
	defer other.put(t, "box")
	if err := first.Same("in another process", again); err != nil {
		t.Error(err)
	}
	data, err := other.Metadata("box")
	must(t, err)
	if got := strings.Split(data["LowerDir"], ":"); len(got) != 3 || !strings.HasSuffix(got[0], "step-1/composefs-data/composefs.blob") {
		t.Errorf("LowerDir %q", got)
	}
}

// TestSeparateOneDevice changes files of each part of a container of a build. The container stays one
// device, and files keep their inode numbers.
func TestSeparateOneDevice(t *testing.T) {
	s := newStore(t, kind{})
	layer := func(dir string) []byte {
		entries := []layertest.Entry{layertest.Dir(dir), layertest.Dir(dir + "/new"), layertest.File(dir+"/new/x", "x")}
		for n := range 6 {
			entries = append(entries, layertest.File(fmt.Sprint(dir, "/", n), strings.Repeat(fmt.Sprint(dir, n), 1+50*n)))
		}
		return layertest.Tar(entries...)
	}
	top := built(t, s, layer("base"), layer("first"), layer("second"))
	s.step(t, "box", top)
	if got := s.separateIn(t, "box"); len(got) != 2 {
		t.Fatalf("layers one by one: %q", got)
	}
	mount := func() (string, error) {
		s.put(t, "box")
		return s.Get("box", graphdriver.MountOpts{Volatile: true})
	}
	for _, dir := range []string{"base", "first", "second"} {
		if err := mounted.CheckOneDevice(mount, dir); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestSeparateAstray mounts a container whose record names other layers than the chain has, or is
// damaged. The image is merged then.
func TestSeparateAstray(t *testing.T) {
	s := newStore(t, kind{})
	top := built(t, s, dirAnd(), dirAnd(layertest.File("d/c", "c")))
	s.step(t, "box", top)
	s.put(t, "box")
	record := filepath.Join(s.home(), "box/composefs-separate")
	text, err := os.ReadFile(record)
	must(t, err)
	for _, wrong := range []string{"step-0\n", "step-0 x\n", strings.Replace(string(text), "step-0", "base", 1), string(text) + string(text)} {
		must(t, os.WriteFile(record, []byte(wrong), 0o600))
		if content, err := os.ReadFile(filepath.Join(s.get(t, "box"), "d/c")); err != nil || string(content) != "c" {
			t.Errorf("record %q: %q, %v", wrong, content, err)
		}
		s.put(t, "box")
	}
	if !s.hasMerged(top) {
		t.Error("not merged")
	}
}

// TestMerges lists the mounts that need a merged image.
func TestMerges(t *testing.T) {
	one := dirAnd(layertest.File("d/c", "c"))
	for _, c := range []struct {
		name  string
		base  []byte
		steps [][]byte
		mount func(t *testing.T, s *store, top string)
	}{
		{"a container that stays", dirAnd(), [][]byte{one}, func(t *testing.T, s *store, top string) { s.container(t, "box", top) }},
		{"the image", dirAnd(), [][]byte{one}, func(t *testing.T, s *store, top string) { s.look(t, top) }},
		{"the image after the step", dirAnd(), [][]byte{one}, func(t *testing.T, s *store, top string) {
			s.step(t, "box", top)
			s.look(t, top)
			if s.hasMerged(top) {
				t.Error("merged during the step")
			}
			s.put(t, "box")
			must(t, os.Remove(filepath.Join(s.home(), "box/composefs-separate")))
			s.look(t, top)
		}},
		{"an implied directory", dirAnd(), [][]byte{layertest.Tar(layertest.File("d/c", "c"))}, nil},
		{"names of object directories", layertest.Tar(layertest.Dir("d"), layertest.Dir("a3")), [][]byte{one}, nil},
		{"such names in a step", dirAnd(), [][]byte{layertest.Tar(layertest.File("c0", "")), one}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, kind{})
			top := built(t, s, c.base, c.steps...)
			if c.mount == nil {
				c.mount = func(t *testing.T, s *store, top string) { s.step(t, "box", top) }
			}
			c.mount(t, s, top)
			if !s.hasMerged(top) || len(s.separateIn(t, "box")) > 0 {
				t.Errorf("merged: %v, layers one by one: %q", s.hasMerged(top), s.separateIn(t, "box"))
			}
		})
	}
}

// TestCachedSteps mounts the containers of a build that finds earlier steps in the cache: another driver has made
// their layers. A layer with a large image is merged, and so is one that a mount cannot show above others.
func TestCachedSteps(t *testing.T) {
	var many []layertest.Entry
	for n := range 4000 {
		many = append(many, layertest.File(fmt.Sprintf("d/%0100d", n), "m"))
	}
	one := dirAnd(layertest.File("d/c", "c"))
	for _, c := range []struct {
		name  string
		steps [][]byte
		want  []string
	}{
		{"small", [][]byte{one, dirAnd(layertest.File("d/e", "e"))}, []string{"step-1", "step-0"}},
		{"large", [][]byte{one, dirAnd(many...)}, nil},
		{"an implied directory", [][]byte{one, layertest.Tar(layertest.File("d/e", "e"))}, nil},
		{"a name of an object directory", [][]byte{one, layertest.Tar(layertest.File("c0", ""))}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dirs := newDirs(t)
			top := built(t, dirs.open(t, kind{}), dirAnd(), c.steps...)
			s := dirs.open(t, kind{})
			s.step(t, "box", top)
			if got := s.separateIn(t, "box"); !slices.Equal(got, c.want) || s.hasMerged(top) != (c.want == nil) {
				t.Errorf("merged: %v, layers one by one: %q, want %q", s.hasMerged(top), got, c.want)
			}
		})
	}
}

// TestPulledMerged mounts a container as CRI-O does: it is volatile, and the same process has pulled its image, of which
// a part was merged before. It gets a merged image, which all containers of the image share.
func TestPulledMerged(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			s := newStore(t, kind{})
			s.layer(t, "base", "", dirAnd())
			s.look(t, "base")
			must(t, s.Create(pulledID, "base", nil))
			must(t, (&puller{store: s, w: w, layer: dirAnd(layertest.File("d/c", "c"))}).try(t))
			s.step(t, "box", pulledID)
			if got := s.separateIn(t, "box"); !s.hasMerged(pulledID) || len(got) > 0 {
				t.Errorf("merged: %v, layers one by one: %q", s.hasMerged(pulledID), got)
			}
		})
	}
}

// TestManySteps limits the layers that a mount shows one by one.
func TestManySteps(t *testing.T) {
	s := newStore(t, kind{})
	top, most, merged := built(t, s, dirAnd()), 0, 0
	for n := range 40 {
		s.step(t, fmt.Sprint("box-", n), top)
		most = max(most, len(s.separateIn(t, fmt.Sprint("box-", n))))
		if n > 0 && s.hasMerged(top) {
			merged++
		}
		s.layer(t, fmt.Sprint("step-", n), top, dirAnd(layertest.File(fmt.Sprint("d/", n), strings.Repeat("x", 100+n))))
		top = fmt.Sprint("step-", n)
	}
	if most != 32 || merged != 1 {
		t.Errorf("at most %d layers one by one, %d merged images", most, merged)
	}
	entries, err := os.ReadDir(filepath.Join(s.step(t, "last", top), "d"))
	if err != nil || len(entries) != 40 {
		t.Errorf("%d files, %v", len(entries), err)
	}
}

// TestMergedAtExit ends the command of a build: its top layer is merged, and no other. After commands
// that have mounted no such container, such as load, nothing is.
func TestMergedAtExit(t *testing.T) {
	for _, steps := range []bool{true, false} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			s := newStore(t, kind{})
			top := built(t, s, dirAnd(), dirAnd(layertest.File("d/c", "c")), dirAnd(layertest.File("d/e", "e")))
			if steps {
				s.step(t, "box", "step-0")
				s.put(t, "box")
			}
			must(t, s.Cleanup())
			if s.hasMerged(top) != steps || s.hasMerged("step-0") {
				t.Errorf("merged: top %v, below it %v", s.hasMerged(top), s.hasMerged("step-0"))
			}
		})
	}
}

// TestSeparateDamaged mounts a container after the image of one of its separate layers was damaged on
// the disk. As with merged images, the digest is compared unless verity is off.
func TestSeparateDamaged(t *testing.T) {
	for verity, refused := range map[string]bool{"": true, "off": false} {
		t.Run("verity "+verity, func(t *testing.T) {
			s := newStore(t, kind{verity: verity})
			top := built(t, s, dirAnd(), dirAnd(layertest.File("d/c", "c")), dirAnd(layertest.File("d/e", "e")))
			flip(t, filepath.Join(s.home(), top, "composefs-data/composefs.blob"))
			must(t, s.CreateReadWrite("box", top, nil))
			_, err := s.Get("box", graphdriver.MountOpts{Volatile: true})
			if refused != (err != nil && strings.Contains(err.Error(), "digest")) {
				t.Errorf("Get: %v", err)
			}
			if err == nil {
				s.put(t, "box")
			}
			report(t, "mounted", s.mounts(t))
		})
	}
}

// TestExpectedOfStep mounts a container of a build on a layer whose merged image has an expected digest.
func TestExpectedOfStep(t *testing.T) {
	s := newStore(t, kind{})
	s.layer(t, base, "", dirAnd())
	s.look(t, base)
	s.layer(t, top, base, dirAnd(layertest.File("d/c", "c")))
	must(t, s.CreateReadWrite("box", top, nil))
	mount := func() error {
		_, err := s.Get("box", graphdriver.MountOpts{Volatile: true})
		if err == nil {
			s.put(t, "box")
		}
		return err
	}
	s.policy(t, "[[image]]\nlayer = %q\nmerged = %q\n", top, nothing)
	if err := mount(); err == nil || !strings.Contains(err.Error(), "expects "+nothing) {
		t.Errorf("with a wrong digest: %v", err)
	}
	s.policy(t, "")
	must(t, mount())
	if len(s.separateIn(t, "box")) != 0 {
		t.Error("the merged image is not used")
	}
	must(t, os.Remove(filepath.Join(s.home(), top, "composefs-data/merged.blob")))
	must(t, mount())
	if len(s.separateIn(t, "box")) != 1 {
		t.Error("no layer is separate")
	}
	s.policy(t, "[[image]]\nlayer = %q\nmerged = %q\n", top, nothing)
	if err := mount(); err == nil || !strings.Contains(err.Error(), "expects "+nothing) {
		t.Errorf("with a record of separate layers: %v", err)
	}
}
