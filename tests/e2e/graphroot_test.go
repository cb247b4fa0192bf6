//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestOddGraphroot has stores with names that mount tables escape. A mount by hand keeps a
// layer from being converted in either direction, every command that looks at a store works there, and
// containers see the same as with stock podman in a store of that name. In one whose name
// has a backslash, as "a\b", stock podman finds that overlay is not supported.
func TestOddGraphroot(t *testing.T) {
	for _, name := range []string{"a b", "ü"} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			t.Parallel()
			s := podman.NewStore(t)
			s.Root, s.RunRoot = filepath.Join(s.Dir, name), filepath.Join(s.Dir, "run "+name)
			p := s.Podman(t, podman.Plain, podman.Options{Env: []string{"LC_ALL=C.UTF-8"}}) // conmon refuses ü without
			ref := pull(t, p, rich()...)
			p.Run("run", "--name", "box", ref, "sh", "-c", changes)
			want := seenByContainer(t, p, "box")
			ours := p.As(podman.Ours)

			mountAndConvert(t, ours, layerRecords(t, p)[0].ID)
			runTool(t, ours, "convert", "--all")
			same(t, "before and after", want, seenByContainer(t, ours, "box"))
			ours.Run("commit", "-q", "box", "committed")
			same(t, "container and committed", want, seen(t, ours, "committed"))
			other := pull(t, ours, podman.Layer(layertest.File("other", strings.Repeat("o", 100))))
			if got := ours.Run("run", "--rm", other, "cat", "/other"); got != strings.Repeat("o", 100) {
				t.Errorf("a container sees %q", got)
			}
			useCommands(t, ours, other)
			mountAndConvert(t, ours, layerRecords(t, p)[0].ID, "--plain")
			runTool(t, ours, "convert", "--plain", "--all")
			same(t, "before and plain again", want, seenByContainer(t, ours, "box"), "/")
			ours.Run("rm", "box")
			ours.Run("rmi", "-f", "committed", other, ref)
			runTool(t, ours, "gc")
			if left := glob(t, s.Dir, "*/overlay-composefs/objects/??/*"); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

// mountAndConvert mounts an overlay by hand that has a layer by its path, and tries to
// convert that, with flags.
func mountAndConvert(t *testing.T, p *podman.Podman, layer string, flags ...string) {
	t.Helper()
	place, empty := filepath.Join(p.Store.Dir, "place"), filepath.Join(p.Store.Dir, "empty")
	for _, dir := range []string{place, empty} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	diff := strings.NewReplacer(`\`, `\\`).Replace(filepath.Join(p.Store.Root, "overlay", layer, "diff"))
	if err := unix.Mount("overlay", place, "overlay", 0, "lowerdir="+diff+":"+empty); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Unmount(place, 0); err != nil {
			t.Error(err)
		}
	}()
	before := readTree(t, place)
	if out, err := tool(t, p, append([]string{"convert", "--all"}, flags...)...).CombinedOutput(); err == nil || !strings.Contains(string(out), "in use: a mount has its files") {
		t.Errorf("a layer that is mounted: %v: %s", err, out)
	}
	same(t, "a mount by hand, before and after", before, readTree(t, place))
}

// useCommands runs what composefs-storage can do with an image of a store and with its
// files.
func useCommands(t *testing.T, p *podman.Podman, ref string) {
	t.Helper()
	root := p.Store.Root
	prepared := strings.Fields(runTool(t, p, "prepare", ref))[0]
	merged := filepath.Join(root, "overlay-composefs/images", prepared)
	objects := filepath.Join(root, "overlay-composefs/objects")
	layers := glob(t, p.Store.Dir, "*/overlay/*/composefs-data/composefs.blob")
	dir := filepath.Join(root, "commands")
	if err := os.MkdirAll(filepath.Join(dir, "at"), 0o755); err != nil {
		t.Fatal(err)
	}
	tar := filepath.Join(dir, "tar")
	if err := os.WriteFile(tar, podman.Layer(layertest.File("f", strings.Repeat("f", 100))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"composefs is on", []string{"status"}},
		{"composefs_", []string{"status", "--metrics"}},
		{"composefs", []string{"inspect", ref}},
		{prepared, []string{"digest", ref}},
		{prepared, []string{"digest", merged}},
		{prepared, []string{"digest", "--policy", ref}},
		{"1 image, ", []string{"check", ref}},
		{"", []string{"check", "--all"}},
		{"found: 0 damaged", []string{"check", "--all", "--repair"}},
		{"other", []string{"ls", merged}},
		{"/other", []string{"dump", merged}},
		{"", []string{"objects", merged}},
		{"other", []string{"ls", ref}},
		{"/other", []string{"dump", ref}},
		{"", []string{"objects", ref}},
		{"", []string{"export", ref, "--repo", filepath.Join(dir, "repo"), "--name", "docker.io/library/imported:1"}},
		{"", []string{"merge", layers[0], "--image", filepath.Join(dir, "merged")}},
		{"", []string{"convert-layer", tar, "--pool", filepath.Join(dir, "pool"), "--image", filepath.Join(dir, "image"), "--diff", filepath.Join(dir, "diff")}},
		{"", []string{"mkcomposefs", "--digest-store=" + filepath.Join(dir, "objects"), filepath.Join(dir, "diff"), filepath.Join(dir, "made")}},
		{"", []string{"mount", merged, filepath.Join(dir, "at"), "-o", "basedir=" + strings.NewReplacer(`\`, `\\`).Replace(objects)}},
		{"", []string{"gc", "--dry-run"}},
		{"", []string{"convert", "--all"}},
	} {
		if out := runTool(t, p, c.args...); !strings.Contains(out, c.want) {
			t.Errorf("%q says %s", c.args, out)
		}
	}
	importImage(t, p, filepath.Join(dir, "repo"), "docker.io/library/imported:1")
	p.Run("rmi", "docker.io/library/imported:1")
	if got, err := os.ReadFile(filepath.Join(dir, "at/other")); string(got) != strings.Repeat("o", 100) {
		t.Errorf("the mount has %q, %v", got, err)
	}
	if err := unix.Unmount(filepath.Join(dir, "at"), 0); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
}
