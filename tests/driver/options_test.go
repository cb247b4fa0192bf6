//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

var small = layertest.Tar(layertest.Dir("d").Owner(1, 2, 0o755), layertest.File("d/f", strings.Repeat("f", 100)), layertest.File("g", "g").Owner(70, 80, 0o4755))

// newImage returns a pair with an image of two layers, the upper one called "top".
func newImage(t testing.TB, options ...string) pair {
	t.Helper()
	p := pair{newStore(t, kind{options: options}), newStore(t, kind{stock: true, options: options})}
	p.layer(t, "base", "", small, small)
	p.layer(t, "top", "base", small, small)
	return p
}

// mountLine returns the options of a mount, and of its file system, the latter in order of
// their names.
func mountLine(t testing.TB, dir string) (attrs, super string) {
	t.Helper()
	mounts, err := mountinfo.Self()
	must(t, err)
	m, ok := mountinfo.At(mounts, dir)
	if !ok {
		t.Fatalf("nothing is mounted on %s", dir)
	}
	for _, key := range slices.Sorted(maps.Keys(m.Options)) {
		for _, value := range m.Options[key] {
			super += "," + strings.TrimSuffix(key+"="+value, "=")
		}
	}
	return m.Attrs, super
}

// TestMountOptions compares the attributes of mounts.
func TestMountOptions(t *testing.T) {
	for _, c := range []struct{ global, own string }{
		{"", ""}, {"", "ro"}, {"", "nodev"}, {"", "nodev,nosuid,noexec"}, {"", "ro,noatime"},
		{"nodev", ""}, {"nodev,noexec", ""}, {"nodev", "nosuid"}, {"nodev", "ro"}, {"", "metacopy=on"}, {"metacopy=on", "nodev"},
	} {
		t.Run(c.global+"/"+c.own, func(t *testing.T) {
			var options []string
			if c.global != "" {
				options = append(options, "overlay.mountopt="+c.global)
			}
			p := newImage(t, options...)
			var got []string
			for _, s := range []*store{p.ours, p.theirs} {
				must(t, s.CreateReadWrite("c", "top", nil))
				dir, err := s.Get("c", graphdriver.MountOpts{Options: strings.FieldsFunc(c.own, func(r rune) bool { return r == ',' })})
				must(t, err)
				attrs, _ := mountLine(t, dir)
				got = append(got, attrs)
				s.put(t, "c")
				s.remove(t, "c")
			}
			if got[0] != got[1] {
				t.Errorf("%s, stock %s", got[0], got[1])
			}
		})
	}
}

// TestWrongOption checks that a mount that fails leaves nothing, no count either.
func TestWrongOption(t *testing.T) {
	p := newImage(t)
	for _, s := range []*store{p.ours, p.theirs} {
		if _, err := s.Get("top", graphdriver.MountOpts{Options: []string{"ro", "nosuchoption"}}); err == nil {
			t.Error("a wrong option is taken")
		}
		report(t, "mounted", s.mounts(t))
		s.read(t, "top", "ro")
		report(t, "mounted", s.mounts(t))
	}
}

// TestVolatile mounts volatile, again after it was, and without syncs only if asked.
func TestVolatile(t *testing.T) {
	p := newImage(t)
	must(t, p.ours.CreateReadWrite("c", "top", nil))
	for _, volatile := range []bool{true, true, false} {
		dir, err := p.ours.Get("c", graphdriver.MountOpts{Volatile: volatile})
		must(t, err)
		_, super := mountLine(t, dir)
		if strings.Contains(super, ",fsync=volatile") != volatile && strings.Contains(super, ",volatile") != volatile {
			t.Errorf("volatile %v: %s", volatile, super)
		}
		p.ours.put(t, "c")
	}
	p.ours.remove(t, "c")
}

// TestMaps shows owners by the maps of a user namespace: first in a container that is
// changed, then in the same one mounted read-only.
func TestMaps(t *testing.T) {
	p := newImage(t)
	ids := []idtools.IDMap{{ContainerID: 0, HostID: 200_000, Size: 1000}}
	if p.ours.SupportsShifting(ids, ids) != p.theirs.SupportsShifting(ids, ids) {
		t.Error("stock says something else about shifting")
	}
	for _, s := range []*store{p.ours, p.theirs} {
		must(t, s.CreateReadWrite("c", "top", &graphdriver.CreateOpts{IDMappings: idtools.NewIDMappingsFromMaps(ids, ids)}))
		t.Cleanup(func() { s.remove(t, "c") })
	}
	for _, list := range [][]string{nil, {"ro"}} {
		var trees []*tree.Tree
		for _, s := range []*store{p.ours, p.theirs} {
			dir, err := s.Get("c", graphdriver.MountOpts{UidMaps: ids, GidMaps: ids, Options: list})
			must(t, err)
			if list == nil {
				must(t, errors.Join(os.Chmod(dir+"/d/f", 0o600), os.Mkdir(dir+"/new", 0o700), os.Chown(dir+"/new", 200_005, 200_006)))
			}
			got, err := mounted.Read(dir, mounted.Options{})
			s.put(t, "c")
			must(t, err)
			trees = append(trees, got)
		}
		report(t, fmt.Sprint(list), mounted.Compare(trees[0], trees[1], times))
		for path, uid := range map[string]uint32{"/": 200_000, "/d/f": 200_000, "/g": 200_070, "/new": 200_005} {
			if e, ok := trees[0].Lookup(path); !ok || e.Inode.UID != uid {
				t.Errorf("%v: %s has not owner %d", list, path, uid)
			}
		}
	}
}
