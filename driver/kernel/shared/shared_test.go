//go:build linux

package shared_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// world is a directory of shared mounts, an image, and places for overlays.
type world struct {
	dir    string
	mounts *shared.Mounts
	sample mounttest.Sample
}

func byErofs(img *mount.Image, _, _ string) (*os.File, error) { return mount.Erofs(img) }

func newWorld(t *testing.T) *world {
	t.Helper()
	needs.Root(t)
	dir := mounttest.Scratch(t)
	needs.Feature(t, feature.PlainRedirect.Since, feature.PlainRedirect.Check(dir))
	return &world{dir, shared.New(filepath.Join(dir, "run/shared"), byErofs), mounttest.New(t)}
}

func (w *world) image() *mount.Image { return &mount.Image{Path: w.sample.Image} }

// place returns where the overlay of a user is to be mounted.
func (w *world) place(t *testing.T, user string) string {
	t.Helper()
	path := filepath.Join(w.dir, "places", user)
	must(t, os.MkdirAll(path, 0o755))
	return path
}

// start mounts an overlay for a user on a shared mount.
func (w *world) start(t *testing.T, user string) {
	t.Helper()
	l, err := w.mounts.Acquire(w.image(), w.place(t, user))
	must(t, err)
	must(t, mount.Do(&mount.Plan{Lowers: []mount.Layer{{File: l.Root}}, Data: []string{w.sample.Objects}}, w.place(t, user)))
	must(t, l.Close())
}

func (w *world) stop(t *testing.T, user string) {
	t.Helper()
	must(t, errors.Join(mount.Undo(w.place(t, user)), w.mounts.Release(w.place(t, user))))
}

// want checks how many EROFS mounts there are, and that a user sees its files.
func (w *world) want(t *testing.T, mounts int, users ...string) {
	t.Helper()
	if got := mounttest.Mounts(filepath.Join(w.dir, "run")); len(got) != mounts {
		t.Errorf("mounted %q, want %d", got, mounts)
	}
	for _, user := range users {
		path := filepath.Join(w.place(t, user), "dir/external")
		if got, err := os.ReadFile(path); err != nil || string(got) != w.sample.Content {
			t.Errorf("%s: %d bytes, %v", path, len(got), err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(w.dir, "run/shared")); mounts == 0 && len(entries) > 1 {
		t.Errorf("records of nothing: %v", entries)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestShared has users come and go. There is one mount while there is any.
func TestShared(t *testing.T) {
	w := newWorld(t)
	w.want(t, 0)
	w.start(t, "a")
	w.start(t, "b")
	w.want(t, 1, "a", "b")
	if a, b := device(t, w, "a"), device(t, w, "b"); a == b {
		t.Errorf("the overlays are one: %d", a)
	}
	w.stop(t, "a")
	must(t, w.mounts.Release(w.place(t, "a"))) // once more
	must(t, w.mounts.Release("/unknown"))
	w.want(t, 1, "b")
	w.start(t, "a")
	w.start(t, "c")
	w.stop(t, "b")
	w.want(t, 1, "a", "c")
	w.stop(t, "a")
	w.stop(t, "c")
	w.want(t, 0)
}

func device(t *testing.T, w *world, user string) uint64 {
	var st unix.Stat_t
	must(t, unix.Stat(w.place(t, user), &st))
	return st.Dev
}

// TestLinks has links to one image share a mount, other images not, and one user use
// several.
func TestLinks(t *testing.T) {
	w := newWorld(t)
	link := filepath.Join(filepath.Dir(w.sample.Image), "link")
	must(t, os.Link(w.sample.Image, link))
	var leases []*shared.Lease
	for _, path := range []string{w.sample.Image, link, mounttest.New(t).Image} {
		l, err := w.mounts.Acquire(&mount.Image{Path: path}, w.place(t, "a"))
		must(t, err)
		leases = append(leases, l)
	}
	w.want(t, 2)
	must(t, os.Remove(link)) // a released image may be missing
	for _, l := range leases {
		must(t, l.Close())
	}
	must(t, w.mounts.Release(w.place(t, "a")))
	w.want(t, 0)
}

// TestMapped has a container with a user namespace share the mount with one without.
func TestMapped(t *testing.T) {
	w := newWorld(t)
	w.start(t, "a")
	l, err := w.mounts.Acquire(w.image(), w.place(t, "b"))
	must(t, err)
	p := &mount.Plan{Lowers: []mount.Layer{{File: l.Root}}, Data: []string{w.sample.Objects}, UserNS: mounttest.UserNS(t)}
	must(t, errors.Join(mount.Do(p, w.place(t, "b")), l.Close()))
	w.want(t, 1, "a", "b")
	for user, want := range map[string]uint32{"a": 1000, "b": 101000} {
		var st unix.Stat_t
		must(t, unix.Stat(filepath.Join(w.place(t, user), "dir/external"), &st))
		if st.Uid != want {
			t.Errorf("%s: owner %d, want %d", user, st.Uid, want)
		}
	}
	w.stop(t, "a")
	w.stop(t, "b")
	w.want(t, 0)
}

// TestStale has users vanish without a word at each point.
func TestStale(t *testing.T) {
	w := newWorld(t)
	l, err := w.mounts.Acquire(w.image(), w.place(t, "a"))
	must(t, err)
	must(t, w.mounts.Sweep())
	w.want(t, 1) // it is about to mount
	must(t, l.Close())
	w.start(t, "b")
	must(t, w.mounts.Sweep())
	w.want(t, 1, "b")
	must(t, mount.Undo(w.place(t, "b"))) // by somebody who does not release
	w.start(t, "c")
	w.want(t, 1, "c")
	w.stop(t, "c") // the last one that was really there
	w.want(t, 0)

	w.start(t, "a")
	must(t, mount.Undo(w.place(t, "a")))
	must(t, w.mounts.Sweep())
	w.want(t, 0)
}

// TestUnmountedByOthers unmounts the shared mount. Its users keep it, and a later user gets another
// mount, never the empty directory.
func TestUnmountedByOthers(t *testing.T) {
	w := newWorld(t)
	w.start(t, "a")
	l, err := w.mounts.Acquire(w.image(), w.place(t, "b"))
	must(t, err)
	for _, at := range mounttest.Mounts(filepath.Join(w.dir, "run")) {
		must(t, mount.Undo(at))
	}
	err = mount.Do(&mount.Plan{Lowers: []mount.Layer{{File: l.Root}}, Data: []string{w.sample.Objects}}, w.place(t, "b"))
	if err == nil {
		w.want(t, 0, "a", "b")
	} else if !errors.Is(err, unix.EINVAL) {
		t.Error(err)
	}
	must(t, mount.Undo(w.place(t, "b")))
	must(t, l.Close())
	w.start(t, "b")
	w.want(t, 1, "a", "b")
	w.stop(t, "a")
	w.stop(t, "b")
	w.want(t, 0)
}

// TestUnreadablePlace has a user whose place cannot be looked at for a time: it counts as
// there, until the place is gone.
func TestUnreadablePlace(t *testing.T) {
	w := newWorld(t)
	w.start(t, "a")
	places, away := filepath.Join(w.dir, "places"), filepath.Join(w.dir, "away")
	must(t, errors.Join(os.Rename(places, away), os.Symlink(places, places)))
	must(t, w.mounts.Sweep())
	must(t, os.Remove(places))
	if got := mounttest.Mounts(filepath.Join(w.dir, "run")); len(got) != 1 {
		t.Errorf("mounted while the place could not be looked at: %q", got)
	}
	must(t, os.Rename(away, places))
	w.want(t, 1, "a")
	must(t, mount.Undo(w.place(t, "a")))
	must(t, os.RemoveAll(places))
	must(t, w.mounts.Sweep())
	w.want(t, 0)
}

// TestAcquireFails leaves neither mounts nor records.
func TestAcquireFails(t *testing.T) {
	w := newWorld(t)
	empty := filepath.Join(w.dir, "empty")
	must(t, os.WriteFile(empty, nil, 0o600))
	for _, tc := range []struct {
		name  string
		image mount.Image
		user  string
		want  error // nil for any
	}{
		{"no image", mount.Image{Path: "/none"}, w.place(t, "a"), os.ErrNotExist},
		{"not an image", mount.Image{Path: empty}, w.place(t, "a"), nil},
		{"not measured", mount.Image{Path: w.sample.Image, Digest: &verity.Digest{}}, w.place(t, "a"), nil},
		{"relative user", *w.image(), "a", nil},
	} {
		l, err := w.mounts.Acquire(&tc.image, tc.user)
		if err == nil {
			t.Fatalf("%s: %v", tc.name, l.Close())
		}
		t.Log(err)
		if tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
		w.want(t, 0)
	}
}
