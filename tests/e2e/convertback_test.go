//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// checkPlainStore checks that the layers of a store are on disk as in one that was
// always plain, that the pool is empty, and that stock podman finds as much to complain of in
// both.
func checkPlainStore(t *testing.T, judge, p *podman.Podman) {
	t.Helper()
	if got, want := layerIDs(t, p), layerIDs(t, judge); !slices.Equal(got, want) {
		t.Fatalf("layers %q, want %q", got, want)
	}
	for _, id := range layerIDs(t, judge) {
		want, got := unpacked(t, judge, id), unpacked(t, p, id)
		for _, root := range []*tree.Inode{want.Root, got.Root} { // containers/storage resets it at every mount
			root.UID, root.GID = 0, 0
		}
		same(t, "layer "+id, want, got)
		if want, got := entries(t, judge, id), entries(t, p, id); !slices.Equal(got, want) {
			t.Errorf("layer %s has %q beside its files, want %q", id, got, want)
		}
	}
	if blobs := glob(t, p.Store.Root, "overlay/*/composefs-data"); len(blobs) > 0 {
		t.Errorf("layers are composefs: %q", blobs)
	}
	for _, pattern := range []string{"objects/*/*", "images/*", "chains/*", "staging/*", "layers"} {
		if left := glob(t, p.Store.Root, "overlay-composefs/"+pattern); len(left) > 0 {
			t.Errorf("%s: %d are left, such as %s", pattern, len(left), left[0])
		}
	}
	want, got := complaints(judge), complaints(p.As(podman.Plain))
	for _, c := range got {
		if !slices.Contains(want, c) {
			t.Errorf("system check says only of the layers that were composefs: %s", c)
		}
	}
}

// complaints returns the output of "podman system check" about a store, without its path and the
// times of directories at which they were made.
func complaints(p *podman.Podman) (lines []string) {
	out, err := p.Try("system", "check", "-m", "1h")
	out = strings.ReplaceAll(fmt.Sprint(out, "\n", err), p.Store.Root, "")
	for line := range strings.Lines(madeAt.ReplaceAllString(out, "mtime")) {
		if strings.Contains(line, "layer") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

var madeAt = regexp.MustCompile(`mtime:0x[0-9a-f]+￫0x[0-9a-f]+`)

// entries returns the names in a layer's directory.
func entries(t *testing.T, p *podman.Podman, id string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(p.Store.Root, "overlay", id))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// plainTakes reports whether plain podman takes the layers of a case. That of a user makes no devices, and has no
// ID for each owner.
func plainTakes(c layertest.Case) bool {
	if podman.WithoutRoot() && (c.Name == "hard link to a device and a fifo" || c.Name == "owners") {
		return false
	}
	return c.Err == "" && c.Stock != layertest.Refuses
}

// TestConvertPlain makes odd layers and those of random images plain again: the layers of
// layertest that plain podman takes.
func TestConvertPlain(t *testing.T) {
	t.Parallel()
	judge, p := podman.New(t, podman.Plain), podman.New(t, podman.Ours)
	pulled := 0
	pull := func(name string, layers [][]byte) {
		dir := t.TempDir()
		img := podman.Image{Layers: layers, Compression: podman.Gzip}
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		_, refused := judge.Try("pull", "-q", "oci:"+dir) // as in TestConvertOddLayers; the layers below stay
		if _, err := p.Try("pull", "-q", "oci:"+dir); (err == nil) != (refused == nil) {
			t.Errorf("%s: %v, the judge: %v", name, err, refused)
		}
		pulled += len(layers)
	}
	for _, c := range layertest.Ugly() {
		if plainTakes(c) {
			pull(c.Name, c.Layers)
		}
	}
	for seed := range uint64(5) {
		pull(fmt.Sprint("random ", seed), ociimage.Random(seed).Layers)
	}
	if pulled < 80 {
		t.Errorf("only %d layers were pulled", pulled)
	}
	if out := runTool(t, p, "convert", "--plain", "--all", "--dry-run"); !strings.Contains(out, "would become plain") {
		t.Errorf("dry run: %s", out)
	}
	runTool(t, p, "convert", "--plain", "--all")
	checkPlainStore(t, judge, p)
	if out := runTool(t, p, "convert", "--plain", "--all"); strings.Contains(out, "now plain") {
		t.Errorf("again: %s", out)
	}
}

// TestConvertPlainRefused makes odd layers plain that plain podman does not unpack: from their images.
// Stock podman then shows the trees that ours has shown. podman takes no layer that has a name twice.
func TestConvertPlainRefused(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	names, trees := map[string]string{}, map[string]*tree.Tree{} // by image ID
	for _, c := range layertest.Ugly() {
		if c.Err != "" || c.Stock != layertest.Refuses {
			continue
		}
		ref := podman.SharedRegistry(t).Push(t, fmt.Sprint(imageName(t), "/", len(names)), podman.Image{Layers: c.Layers, Compression: podman.Gzip})
		id, err := p.Try("pull", "-q", ref)
		if err != nil && strings.Contains(err.Error(), "duplicates of file paths") {
			continue
		}
		must(t, err)
		names[id], trees[id] = c.Name, seen(t, p, id)
	}
	if len(names) < 5 {
		t.Errorf("only %d images: %v", len(names), names)
	}
	runTool(t, p, "convert", "--plain", "--all")
	if blobs := blobsIn(t, p.Store.Root); len(blobs) > 0 {
		t.Errorf("layers are composefs: %q", blobs)
	}
	if left := objectsIn(t, p); len(left) > 0 {
		t.Errorf("objects: %q", left)
	}
	stock := p.As(podman.Plain)
	for id, name := range names {
		same(t, name, trees[id], seen(t, stock, id), "/")
	}
}

// TestConvertPlainContainers makes the layers below a stopped container plain, which has
// renamed directories and, from an older kernel, files without contents. Stock podman then
// shows it and starts it. Layers that a mount has stay.
func TestConvertPlainContainers(t *testing.T) {
	for name, old := range map[string]bool{"this kernel": false, "a kernel that needs metacopy=on": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var options podman.Options
			if old {
				options.Kernel = oldkernel.New(t, oldkernel.Linux6_15) // which must last longer than the store
			}
			s := podman.NewStore(t)
			p := s.Podman(t, podman.Ours, options)
			ref := pull(t, p, rich()...)
			p.Run("run", "--name", "box", ref, "sh", "-c", "test ! -e /moved || exit 0\n"+changes)
			big := filepath.Join(upperOf(t, p, "box"), "home/big")
			if _, err := unix.Lgetxattr(big, "trusted.overlay.metacopy", nil); err != nil && old {
				t.Errorf("%s has contents: %v", big, err)
			}
			diff := changed(p, "box")
			want := seenByContainer(t, p, "box")
			p.Run("run", "-d", "--name", "runs", ref, "sleep", "1000")
			out, err := tool(t, p, "convert", "--plain", "--all").CombinedOutput()
			if err == nil || !strings.Contains(string(out), "in use") || strings.Contains(string(out), "now plain") || !strings.Contains(string(out), "\nhint: ") {
				t.Errorf("in use: %v: %s", err, out)
			}
			p.Run("exec", "runs", "cat", "/home/big")
			p.Run("rm", "-f", "-t0", "runs")
			if err := s.Settle(); err != nil {
				t.Fatal(err)
			}
			runTool(t, p, "convert", "--plain", "--all")
			stock := s.Podman(t, podman.Plain, podman.Options{})
			same(t, "before and after", want, seenByContainer(t, stock, "box"), "/")
			if got := changed(stock, "box"); got != diff {
				t.Errorf("podman diff says\n%s\nwas\n%s", got, diff)
			}
			stock.Run("start", "-a", "box")
			stock.Run("commit", "-q", "box", "committed")
			same(t, "container and committed", want, seen(t, stock, "committed"), "/")
			stock.Run("rm", "box")
		})
	}
}

// TestConvertPlainKinds makes layers of stock composefs plain, and images of chains in which
// some are plain.
func TestConvertPlainKinds(t *testing.T) {
	for name, kinds := range map[string][]podman.Kind{
		"stock composefs": {podman.StockComposefs},
		"mixed":           {podman.Ours, podman.Plain, podman.Ours, podman.StockComposefs, podman.Plain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layers := rich()
			if len(kinds) == 1 {
				layers = layers[:1] // more than that, stock composefs cannot pull
			}
			s := podman.NewStore(t)
			var ref string
			judge := podman.New(t, podman.Plain)
			for i := range layers {
				ref = podman.SharedRegistry(t).Push(t, fmt.Sprint(imageName(t), "/", i), image(t, layers[:i+1]...))
				s.Podman(t, kinds[min(i, len(kinds)-1)], podman.Options{}).Run("pull", "-q", ref)
				judge.Run("pull", "-q", ref)
			}
			p := s.Podman(t, podman.Ours, podman.Options{})
			if out := runTool(t, p, "convert", "--plain", "--all"); !strings.Contains(out, "hint: composefs is still on") {
				t.Errorf("the switch is on, and it says nothing of it: %s", out)
			}
			checkPlainStore(t, judge, p)
			same(t, "plain", seen(t, judge, ref), seen(t, p, ref))
		})
	}
}

// TestConvertPlainNoRoom makes an image plain on a disk with little room. Each layer is whole
// whatever happens, and with room again it succeeds.
func TestConvertPlainNoRoom(t *testing.T) {
	for _, room := range []int64{0, 100, 300} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			t.Parallel()
			p := podman.NewSmallStore(t, 64<<20).Podman(t, podman.Ours, podman.Options{})
			ref := pull(t, p, rich()...)
			judge := podman.New(t, podman.Plain)
			judge.Run("pull", "-q", ref)
			restore := p.Store.Fill(t, room<<10)
			out, err := tool(t, p, "convert", "--plain", "--all").CombinedOutput()
			if err == nil || !strings.Contains(string(out), "no space left on device") {
				t.Errorf("%v: %s", err, out)
			}
			restore()
			same(t, "on a full disk", seen(t, judge, ref), seen(t, p, ref), "/")
			runTool(t, p, "convert", "--plain", "--all")
			checkPlainStore(t, judge, p)
		})
	}
}

// TestConvertPlainContainerNoRoom completes a container with a renamed directory on a full disk: the
// container stays as it is, and with room again it is completed. Its layers have always been plain,
// so nothing else is to be done.
func TestConvertPlainContainerNoRoom(t *testing.T) {
	t.Parallel()
	s := podman.NewSmallStore(t, 64<<20)
	stock := s.Podman(t, podman.Plain, podman.Options{Overlay: map[string]string{"mountopt": "nodev,redirect_dir=on"}})
	stock.Run("run", "--name", "box", pull(t, stock, directory("renamed", 300)), "mv", "/renamed", "/moved")
	want := seenByContainer(t, stock, "box")
	redirected := func() bool {
		_, err := unix.Lgetxattr(filepath.Join(upperOf(t, stock, "box"), "moved"), "trusted.overlay.redirect", nil)
		return err == nil
	}
	if !redirected() {
		t.Fatal("the renamed directory is complete already")
	}
	for _, room := range []int64{0, 400} {
		restore := s.Fill(t, room<<10)
		out, err := tool(t, stock, "convert", "--plain", "--all").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "no space left on device") || !strings.Contains(string(out), "error: container box: ") {
			t.Errorf("with %d kB: %v: %s", room, err, out)
		}
		restore()
		same(t, "on a full disk", want, seenByContainer(t, stock, "box"), "/")
	}
	runTool(t, stock, "convert", "--plain", "--all")
	if redirected() {
		t.Error("the renamed directory is not complete")
	}
	same(t, "with room again", want, seenByContainer(t, s.Podman(t, podman.Plain, podman.Options{}), "box"), "/")
}

// TestConvertPlainDamaged leaves a layer composefs one of whose contents has changed.
func TestConvertPlainDamaged(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	pull(t, p, rich()...)
	for _, path := range glob(t, p.Store.Root, "overlay-composefs/objects/*/*") {
		if info, err := os.Stat(path); err != nil || info.Size() != 300_000 {
			continue
		}
		if err := os.WriteFile(path, make([]byte, 300_000), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := tool(t, p, "convert", "--plain", "--all").CombinedOutput()
	if err == nil || strings.Count(string(out), "composefs, stays: its contents do not make its tar: ") != 1 || !strings.Contains(string(out), "hint: \"composefs-storage check --all --repair\"") {
		t.Errorf("%v: %s", err, out)
	}
	if blobs := glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob"); len(blobs) != 1 {
		t.Errorf("%d layers are composefs", len(blobs))
	}
}
