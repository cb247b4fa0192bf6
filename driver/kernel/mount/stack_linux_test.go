package mount_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestMixedChain stacks a directory above an image above a directory. Without
// metacopy=on, contents are found if the image is the lowest.
func TestMixedChain(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		needs.Feature(t, feature.PlainRedirect.Since, feature.PlainRedirect.Check(dir))
		s := mounttest.New(t)
		top, bottom := mkdir(t, dir, "top"), mkdir(t, dir, "bottom")
		for _, path := range []string{top + "/own", bottom + "/own", bottom + "/inline", bottom + "/deep"} {
			if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p := &mount.Plan{
			Lowers: []mount.Layer{{Dir: top}, {Image: &mount.Image{Path: s.Image}}, {Dir: bottom}}, Data: []string{mkdir(t, dir, "none"), s.Objects},
			Metacopy: true,
		}
		at := do(t, dir, p)
		for name, want := range map[string]string{"own": top + "/own", "inline": "inline", "deep": bottom + "/deep", "dir/external": s.Content} {
			wantFile(t, filepath.Join(at, name), want)
		}
		p.Metacopy = false
		at = do(t, dir, p)
		wantFile(t, filepath.Join(at, "inline"), "inline")
		if _, err := os.Open(filepath.Join(at, "dir/external")); !errors.Is(err, unix.EPERM) {
			t.Errorf("content of an image with a layer below it: %v, want EPERM; if the kernel can do it now, plans need less metacopy", err)
		}
		p.Lowers = p.Lowers[:2]
		wantFile(t, filepath.Join(do(t, dir, p), "dir/external"), s.Content)
	})
}

// TestDepth stacks another overlay on a mount, as image volumes and build mounts do,
// with a file, if that leaves room, and with a loop device below. Linux allows two levels.
func TestDepth(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		s := mounttest.New(t)
		for i, backing := range []mount.Backing{feature.Backing(dir), mount.BackingLoop} {
			at := do(t, dir, &mount.Plan{
				Lowers: []mount.Layer{{Image: &mount.Image{Path: s.Image, Backing: backing}}}, Data: []string{s.Objects}, Metacopy: metacopy(dir),
			})
			p := &mount.Plan{
				Lowers: []mount.Layer{{Dir: at}}, Upper: mkdir(t, dir, fmt.Sprint(i, "/u")), Work: mkdir(t, dir, fmt.Sprint(i, "/w")),
			}
			second := do(t, dir, p)
			wantFile(t, filepath.Join(second, "dir/external"), s.Content)
			p = &mount.Plan{Lowers: []mount.Layer{{Dir: second}, {Dir: dir}}}
			if mnt, err := mount.Detached(p); err == nil {
				mnt.Close() //nolint:errcheck // O_PATH
				t.Errorf("%v: a third level is possible; is the limit another one now?", backing)
			}
		}
	})
}

// TestTmpfs has an image on a file system that EROFS does not mount from: the loop
// device is taken, and for other images, before and after, the file still is.
func TestTmpfs(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	tmpfs := mkdir(t, dir, "tmpfs")
	if err := unix.Mount("tmpfs", tmpfs, "tmpfs", 0, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mount.Undo(tmpfs); err != nil {
			t.Error(err)
		}
	})
	there, err := mounttest.Write(tmpfs, "inline")
	if err != nil {
		t.Fatal(err)
	}
	here := mounttest.New(t)
	for _, s := range []mounttest.Sample{here, there, here} {
		at := do(t, dir, &mount.Plan{Lowers: []mount.Layer{{Image: &mount.Image{Path: s.Image}}}, Data: []string{s.Objects}, Metacopy: metacopy(dir)})
		wantFile(t, filepath.Join(at, "dir/external"), s.Content)
		if loop := loopOf(s.Image); (loop != "") != (s == there) {
			t.Errorf("%s: loop device %q", s.Image, loop)
		}
	}
	_, err = mount.Erofs(&mount.Image{Path: there.Image, Backing: mount.BackingFile})
	if !errors.Is(err, unix.ENOTBLK) {
		t.Errorf("from the file: %v", err)
	}
}

// TestIdmapped shows the owners in images and directories by the maps of a user
// namespace. Objects, which all are root's, can be read all the same.
func TestIdmapped(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		s := mounttest.New(t)
		plain := mkdir(t, dir, "plain")
		if err := os.WriteFile(plain+"/file", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		root, err := os.Open(plain)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close() //nolint:errcheck // open for reading
		for _, layer := range []mount.Layer{{Dir: plain}, {File: root}} {
			at := do(t, dir, &mount.Plan{
				Lowers: []mount.Layer{layer, {Image: &mount.Image{Path: s.Image}}}, Data: []string{s.Objects}, UserNS: mounttest.UserNS(t),
				Metacopy: metacopy(dir),
			})
			wantFile(t, at+"/dir/external", s.Content)
			for name, want := range map[string][2]uint32{"dir/external": {101000, 101001}, "file": {100000, 100000}, "inline": {100000, 100000}} {
				var st unix.Stat_t
				if err := unix.Lstat(filepath.Join(at, name), &st); err != nil || [2]uint32{st.Uid, st.Gid} != want {
					t.Errorf("%s: owner %d:%d, %v, want %v", name, st.Uid, st.Gid, err, want)
				}
			}
		}
	})
}

// TestMetacopy has an upper directory get metadata only if that is asked for.
func TestMetacopy(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		needs.Feature(t, feature.PlainRedirect.Since, feature.PlainRedirect.Check(dir))
		s := mounttest.New(t)
		for _, tc := range []struct {
			name   string
			file   string
			plan   mount.Plan
			copied bool // with its content
		}{
			{"off", "dir/external", mount.Plan{}, true},
			{"on", "dir/external", mount.Plan{Metacopy: true}, false},
			{"verified", "inline", mount.Plan{Verity: mount.VerityRequire}, true},
			{"verified on", "inline", mount.Plan{Verity: mount.VerityRequire, Metacopy: true}, true}, // it has no digest
		} {
			p := tc.plan
			p.Lowers, p.Data = []mount.Layer{{Image: &mount.Image{Path: s.Image}}}, []string{s.Objects}
			p.Upper, p.Work = mkdir(t, dir, tc.name+"/u"), mkdir(t, dir, tc.name+"/w")
			at := do(t, dir, &p)
			if err := os.Chmod(filepath.Join(at, tc.file), 0o600); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			_, err := unix.Lgetxattr(filepath.Join(p.Upper, tc.file), "trusted.overlay.metacopy", nil)
			if (err != nil) != tc.copied {
				t.Errorf("%s: metacopy xattr: %v", tc.name, err)
			}
			if _, err := os.ReadFile(filepath.Join(at, "dir/external")); (err != nil) != (p.Verity == mount.VerityRequire) {
				t.Errorf("%s: content without fs-verity: %v", tc.name, err)
			}
		}
	})
}
