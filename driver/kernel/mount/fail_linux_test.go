package mount_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

// TestFailures makes one fault after the other: the error names it, and nothing is left, which
// mounttest.Scratch checks.
func TestFailures(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		s := mounttest.New(t)
		image := mount.Layer{Image: &mount.Image{Path: s.Image}}
		loop := mount.Layer{Image: &mount.Image{Path: s.Image, Backing: mount.BackingLoop}}
		a, file := mount.Layer{Dir: mkdir(t, dir, "a")}, filepath.Join(dir, "file")
		if err := os.WriteFile(file, make([]byte, 8192), 0o644); err != nil {
			t.Fatal(err)
		}
		at := mkdir(t, dir, "at")
		for _, tc := range []struct {
			name   string
			plan   mount.Plan
			target string
			errno  error
			want   string // text in the error besides the errno
		}{
			{"invalid plan", mount.Plan{Lowers: []mount.Layer{a}}, at, mount.ErrPlan, "a single lower layer"},
			{"no target", mount.Plan{Lowers: []mount.Layer{a, image}}, at + "/none", unix.ENOENT, "/at/none: no such file"},
			{"target is a file", mount.Plan{Lowers: []mount.Layer{a, image}}, file, unix.ENOTDIR, "/file: not a dir"},
			{"no layer", mount.Plan{Lowers: []mount.Layer{loop, {Dir: at + "/none"}}}, at, unix.ENOENT, `open dir:"` + at + `/none"`},
			{"layer is a file", mount.Plan{Lowers: []mount.Layer{loop, a, {Dir: file}}}, at, nil, ""},
			{"no data", mount.Plan{Lowers: []mount.Layer{loop}, Data: []string{at + "/none"}}, at, unix.ENOENT, "/at/none: no such file"},
			{"no image", mount.Plan{Lowers: []mount.Layer{a, {Image: &mount.Image{Path: "/none"}}}}, at, unix.ENOENT, `image "/none": open /none`},
			{"no EROFS", mount.Plan{Lowers: []mount.Layer{a, {Image: &mount.Image{Path: file}}}}, at, unix.EINVAL, "erofs: "},
			{"no EROFS on a loop device", mount.Plan{Lowers: []mount.Layer{loop, {Image: &mount.Image{Path: file, Backing: mount.BackingLoop}}}}, at, unix.EINVAL, "erofs: "},
			{"no fs-verity", mount.Plan{Lowers: []mount.Layer{loop, {Image: &mount.Image{Path: s.Image, Digest: &verity.Digest{}}}}}, at, nil, "measure fs-verity " + s.Image},
			{"no user namespace", mount.Plan{Lowers: []mount.Layer{loop, a}, UserNS: os.Stdin}, at, unix.EINVAL, `map the owners of image:"` + s.Image + `"+loop: mount_setattr`},
			{"upper and work are one", mount.Plan{Lowers: []mount.Layer{loop}, Upper: a.Dir, Work: a.Dir}, at, unix.EINVAL, "overlay: "},
		} {
			t.Run(tc.name, func(t *testing.T) {
				err := mount.Do(&tc.plan, tc.target)
				if err == nil {
					t.Fatalf("mounted: %v", mount.Undo(tc.target))
				}
				t.Log(err)
				if tc.errno != nil && !errors.Is(err, tc.errno) || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), `mount overlay on "`+tc.target+`": `) {
					t.Errorf("got %v, want %q and %v", err, tc.want, tc.errno)
				}
				if got := mounttest.Mounts(dir); len(got) != 0 {
					t.Errorf("mounted: %q", got)
				}
			})
		}
	})
}

// TestKernelsWords checks that the log of the kernel becomes the error.
func TestKernelsWords(t *testing.T) {
	onEach(t, func(t *testing.T, dir string) {
		if byLayer, _, _ := mount.Abilities(); !byLayer {
			t.Skip("mount(2) says no more than a number")
		}
		s := mounttest.New(t)
		below := do(t, dir, &mount.Plan{Lowers: []mount.Layer{{Image: &mount.Image{Path: s.Image}}}, Data: []string{s.Objects}, Metacopy: metacopy(dir)})
		err := mount.Do(&mount.Plan{Lowers: []mount.Layer{{Dir: mkdir(t, dir, "a")}}, Upper: filepath.Join(below, "dir"), Work: mkdir(t, dir, "w")}, mkdir(t, dir, "at"))
		if err == nil || !strings.Contains(err.Error(), "overlay: filesystem on") || !errors.Is(err, unix.EINVAL) || !strings.HasSuffix(err.Error(), ": invalid argument") {
			t.Errorf("got %v", err)
		}
	})
}
