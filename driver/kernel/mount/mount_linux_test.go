package mount_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// kernels are those that this package mounts in different ways on.
var kernels = map[string]mount.Kernel{
	"6.15": {LayerByLayer: true, LayerFiles: true, Detached: true},
	"6.13": {LayerByLayer: true, LayerFiles: true},
	"6.8":  {LayerByLayer: true},
	"6.5":  {},
}

// onEach runs the test as if on each of the kernels, that cannot do more than this
// one can.
func onEach(t *testing.T, test func(t *testing.T, dir string)) {
	needs.Root(t)
	byLayer, files, detached := mount.Abilities()
	for name, k := range kernels {
		t.Run(name, func(t *testing.T) {
			if k.LayerByLayer && !byLayer || k.LayerFiles && !files || k.Detached && !detached {
				needs.Feature(t, name, feature.ErrNotSupported)
			}
			dir := mounttest.Scratch(t)
			t.Cleanup(mount.Pretend(k))
			test(t, dir)
		})
	}
}

// metacopy reports whether files of images have no contents here without metacopy=on.
func metacopy(dir string) bool { return !feature.PlainRedirect.Has(dir) }

// mkdir makes a directory in dir and returns its path.
func mkdir(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// do mounts the plan on a new directory for the duration of the test.
func do(t *testing.T, dir string, p *mount.Plan) string {
	t.Helper()
	at, err := os.MkdirTemp(dir, "at")
	if err != nil {
		t.Fatal(err)
	}
	if err := mount.Do(p, at); err != nil {
		t.Fatalf("%v\nplan %v", err, p)
	}
	t.Cleanup(func() {
		if err := mount.Undo(at); err != nil {
			t.Error(err)
		}
	})
	return at
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s: %d bytes, %v, want %d", path, len(got), err, len(want))
	}
}

// TestImage mounts an image with its objects, read-only and below an upper directory,
// from the file and from a loop device.
func TestImage(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		needs.Feature(t, feature.PlainRedirect.Since, feature.PlainRedirect.Check(dir))
		s := mounttest.New(t)
		for _, backing := range []mount.Backing{mount.BackingAuto, mount.BackingFile, mount.BackingLoop} {
			p := &mount.Plan{Lowers: []mount.Layer{{Image: &mount.Image{Path: s.Image, Backing: backing}}}, Data: []string{s.Objects}}
			at := do(t, dir, p)
			wantFile(t, filepath.Join(at, "dir/external"), s.Content)
			wantFile(t, filepath.Join(at, "inline"), "inline")
			if err := os.WriteFile(filepath.Join(at, "new"), nil, 0o644); !errors.Is(err, unix.EROFS) {
				t.Errorf("write without upper: %v", err)
			}
			if loop := loopOf(s.Image); (loop != "") != (backing == mount.BackingLoop) {
				t.Errorf("%v: loop device %q", backing, loop)
			}
			upper := mkdir(t, dir, backing.String()+"/upper")
			p.Upper, p.Work, p.Volatile = upper, mkdir(t, dir, backing.String()+"/work"), true
			at = do(t, dir, p)
			if err := os.Chmod(filepath.Join(at, "dir/external"), 0o600); err != nil {
				t.Error(err)
			}
			wantFile(t, filepath.Join(upper, "dir/external"), s.Content) // no metadata-only copy
			if m := mountAt(t, at); m.Options["volatile"] == nil && !slices.Equal(m.Options["fsync"], []string{"volatile"}) {
				t.Errorf("not volatile: %v", m)
			}
		}
	})
}

// loopOf returns the loop device that shows a file, "" if none does.
func loopOf(path string) string {
	files, _ := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, f := range files {
		if got, _ := os.ReadFile(f); strings.TrimSpace(string(got)) == path {
			return f
		}
	}
	return ""
}

// mountAt returns the mount at a path.
func mountAt(t *testing.T, at string) mountinfo.Mount {
	t.Helper()
	mounts, err := mountinfo.Self()
	if err != nil {
		t.Fatal(err)
	}
	m, _ := mountinfo.At(mounts, at)
	return m
}

// TestLoopsAtOnce has many look for a free loop device. Each gets its own, which goes
// with its mount.
func TestLoopsAtOnce(t *testing.T) {
	needs.Root(t)
	mounttest.Scratch(t)
	s := mounttest.New(t)
	devices, errs := make(chan uint64), make(chan error)
	for range 16 {
		go func() {
			mnt, err := mount.Erofs(&mount.Image{Path: s.Image, Backing: mount.BackingLoop})
			var st unix.Stat_t
			if err == nil {
				err = unix.Fstat(int(mnt.Fd()), &st)
			}
			devices <- st.Dev
			errs <- err
			if mnt != nil {
				mnt.Close() //nolint:errcheck // O_PATH
			}
		}()
	}
	seen := map[uint64]bool{}
	for range 16 {
		seen[<-devices] = true
	}
	for range 16 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if len(seen) != 16 {
		t.Errorf("%d devices for 16 mounts", len(seen))
	}
}

// TestManyLayers stacks as many layers as overlayfs takes. The top layer wins.
func TestManyLayers(t *testing.T) {
	var p mount.Plan
	layers := t.TempDir()
	for i := range mount.MaxLayers {
		layer := mkdir(t, layers, fmt.Sprintf("%s/%03d", strings.Repeat("long", 50), i))
		own, top := filepath.Join(layer, fmt.Sprint(i)), filepath.Join(layer, "top")
		if err := errors.Join(os.WriteFile(own, nil, 0o644), os.WriteFile(top, []byte(fmt.Sprint(i)), 0o644)); err != nil {
			t.Fatal(err)
		}
		p.Lowers = append(p.Lowers, mount.Layer{Dir: layer})
	}
	onEach(t, func(t *testing.T, dir string) {
		at := do(t, dir, &p)
		wantFile(t, filepath.Join(at, "top"), "0")
		if entries, err := os.ReadDir(at); len(entries) != mount.MaxLayers+1 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	})
}

// TestPaths has all paths of a plan be longer than the kernel takes as a string, and
// hold what separates paths in one.
func TestPaths(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		s := mounttest.New(t)
		for _, name := range []string{"a:b,c\\d e\nf=g\"", "::", ",", `\`, `\\,\:`, "\xff\t#", strings.Repeat("long", 60)} {
			in := mkdir(t, dir, strings.Repeat(name, 1)+"/"+strings.Repeat("x", 250))
			moved, err := mounttest.Write(in, "inline")
			if err != nil {
				t.Fatal(err)
			}
			plain := mkdir(t, in, "plain"+name)
			if err := os.WriteFile(filepath.Join(plain, "file"), []byte("plain"), 0o644); err != nil {
				t.Fatal(err)
			}
			target := mkdir(t, in, "target"+name)
			p := &mount.Plan{
				Lowers: []mount.Layer{{Dir: plain}, {Image: &mount.Image{Path: moved.Image}}}, Data: []string{moved.Objects},
				Upper: mkdir(t, in, "upper"+name), Work: mkdir(t, in, "work"+name), Metacopy: metacopy(dir),
			}
			if err := mount.Do(p, target); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			wantFile(t, filepath.Join(target, "file"), "plain")
			wantFile(t, filepath.Join(target, "dir/external"), s.Content)
			err = os.WriteFile(filepath.Join(target, "new"), []byte("new"), 0o644)
			if err := errors.Join(err, mount.Undo(target)); err != nil {
				t.Error(err)
			}
			wantFile(t, filepath.Join(p.Upper, "new"), "new")
		}
	})
}

// TestAttributes compares the attributes in mountinfo.
func TestAttributes(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		p := &mount.Plan{
			Lowers: []mount.Layer{{Dir: mkdir(t, dir, "a")}}, Upper: mkdir(t, dir, "u"), Work: mkdir(t, dir, "w"),
		}
		for _, tc := range []struct {
			attrs mount.Attrs
			want  string
		}{
			{0, "rw,relatime"},
			{mount.ReadOnly | mount.NoSuid | mount.NoDev | mount.NoExec, "ro,nosuid,nodev,noexec,relatime"},
			{mount.NoAtime | mount.NoDirAtime, "rw,noatime,nodiratime"},
			{mount.StrictAtime, "rw"},
			{mount.NoSymFollow, "rw,relatime,nosymfollow"},
		} {
			p.Attrs = tc.attrs
			at := do(t, dir, p)
			m := mountAt(t, at)
			if m.Attrs != tc.want {
				t.Errorf("%v: %s, want %s", tc.attrs, m.Attrs, tc.want)
			}
			if m.Type != "overlay" || m.Source != "composefs" {
				t.Errorf("source: %s %s", m.Type, m.Source)
			}
			if err := mount.Undo(at); err != nil { // upper and work are in use once
				t.Error(err)
			}
		}
	})
}

// TestUndo unmounts once; more often is no error.
func TestUndo(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	at := do(t, dir, &mount.Plan{Lowers: []mount.Layer{{Dir: mkdir(t, dir, "a")}, {Dir: mkdir(t, dir, "b")}}})
	f, err := os.Open(at) // busy
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	for _, path := range []string{at, at, filepath.Join(at, "not there")} {
		if err := mount.Undo(path); err != nil {
			t.Errorf("Undo(%s): %v", path, err)
		}
	}
	if got := mounttest.Mounts(dir); len(got) != 0 {
		t.Errorf("still mounted: %q", got)
	}
}
