//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// allFiles prints all files of a container, twice: before and after changes to lower ones.
const allFiles = `set -e
list() {
	find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /run -o -path /etc \) -prune -o ! -type d -print0 | sort -z |
		xargs -0 stat -c '%n %F %a %u:%g %s %h'
	find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /run -o -path /etc \) -prune -o -type d -print0 | sort -z |
		xargs -0 stat -c '%n %a %u:%g'
	find /base /app -type f -print0 | sort -z | xargs -0 sha256sum
}
list
chmod 600 /base/kept; echo more >>/base/changed; mv /app/new /app/moved; rm -r /base/dir; mkdir /base/dir; touch /base/dir/fresh
list`

// baseAndApp pushes an image and one on top of it, whose layers hide, replace and add files.
func baseAndApp(t *testing.T) (base, app string) {
	t.Helper()
	content := strings.Repeat(t.Name(), 100)
	lower := podman.Layer(
		layertest.Dir("base").Owner(1, 2, 0o2755), layertest.File("base/kept", content), layertest.Link("base/hard", "base/kept"),
		layertest.File("base/gone", content), layertest.File("base/changed", content+"1"), layertest.Dir("base/dir"), layertest.File("base/dir/old", content),
		layertest.Dir("base/hidden"), layertest.File("base/hidden/old", content), layertest.File("base/inline", "inline"),
		layertest.Dir("a3"), layertest.File("a3/name", "a name of objects"),
	)
	upper := [][]byte{podman.Layer(
		layertest.File("base/.wh.gone", ""), layertest.Dir("base/hidden"), layertest.File("base/hidden/.wh..wh..opq", ""),
		layertest.File("base/hidden/new", content), layertest.Dir("app"), layertest.File("app/new", content+"2"), layertest.Symlink("app/link", "new"),
	), podman.Layer(
		layertest.File("base/changed", content+"3").Owner(5, 6, 0o4711), layertest.File("app/implied/file", content+"4"), layertest.File("base/inline", "line in"),
	)}
	registry := podman.SharedRegistry(t)
	base = registry.Push(t, imageName(t)+"-base", image(t, lower))
	return base, registry.Push(t, imageName(t)+"-app", image(t, append([][]byte{lower}, upper...)...))
}

// composefsLayers returns the number of composefs layers of a store, and of all layers.
func composefsLayers(t *testing.T, p *podman.Podman) (composefs, all int) {
	t.Helper()
	return len(glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob")), len(glob(t, p.Store.Root, "overlay/*/diff"))
}

const fuse = `rootless = "fuse"`

// TestServedMixed makes chains of plain and composefs layers as a user, in all ways. Containers on them have to
// see the same files as in a store of plain podman.
func TestServedMixed(t *testing.T) {
	t.Parallel()
	base, app := baseAndApp(t)
	judge := rootless(t, podman.Plain, "")
	logs(t, judge, "pull", "-q", app)
	sees := func(p *podman.Podman) string {
		return p.Run("run", "--rm", "--network=none", app, "sh", "-c", allFiles) +
			p.Run("run", "--rm", "--network=none", "--user=0", "--userns=keep-id:uid=1000,gid=1001", app, "sh", "-c", allFiles)
	}
	want := sees(judge)
	for name, tc := range map[string]struct {
		make      func(t *testing.T, ours, stock *podman.Podman)
		composefs int // layers of the image app, of four
	}{
		"plain layers on composefs": {func(t *testing.T, ours, stock *podman.Podman) {
			asUser(t, ours, "pull", "-q", base)
			asUser(t, stock, "pull", "-q", app)
		}, 2},
		"pulled on plain layers": {func(t *testing.T, ours, stock *podman.Podman) {
			asUser(t, stock, "pull", "-q", base)
			asUser(t, ours, "pull", "-q", app)
		}, 0},
		"loaded on plain layers": {func(t *testing.T, ours, stock *podman.Podman) {
			file := filepath.Join(ours.Store.Dir, "tmp", "app.tar")
			asUser(t, stock, "pull", "-q", base)
			judge.Run("save", "-q", "-o", filepath.Join(judge.Store.Dir, "app.tar"), app)
			if err := os.Rename(filepath.Join(judge.Store.Dir, "app.tar"), file); err != nil {
				t.Fatal(err)
			}
			asUser(t, ours, "load", "-q", "-i", file)
		}, 0},
		"lower layers became plain": {func(t *testing.T, ours, stock *podman.Podman) {
			asUser(t, ours, "pull", "-q", app)
			logs(t, judge, "pull", "-q", base)
			for _, id := range strings.Fields(strings.Trim(judge.Run("image", "inspect", "--format", "{{.GraphDriver.Data.UpperDir}} {{.GraphDriver.Data.LowerDir}}", base), " \n")) {
				makePlain(t, ours.Store.Root, id)
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			ours := rootless(t, podman.Ours, fuse)
			stock := ours.As(podman.Plain)
			tc.make(t, ours, stock)
			if got := sees(ours); got != want {
				t.Errorf("a container shows\n%s\nthat of plain podman\n%s", got, want)
			}
			if n, all := composefsLayers(t, ours); n != tc.composefs || all != 5 { // with the copy of the top layer
				t.Errorf("%d of %d layers are composefs, want %d of 5", n, all, tc.composefs)
			}
		})
	}
}

// TestServedOnPlain builds and commits on layers that stock podman has pulled. The new layers stay plain, and the
// images are those of plain podman.
func TestServedOnPlain(t *testing.T) {
	t.Parallel()
	base, _ := baseAndApp(t)
	var shown []string
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		p := rootless(t, kind, fuse)
		asUser(t, p.As(podman.Plain), "pull", "-q", base)
		dir := filepath.Join(p.Store.Dir, "tmp")
		steps := "FROM " + base + "\nRUN echo built >>/base/changed; mkdir /app; echo new >/app/new\nCOPY file /app/copied\nRUN rm -r /base/hidden; chown 7:8 /base/kept\n"
		for name, text := range map[string]string{"Containerfile": steps, "file": "copied\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		p.Run("build", "-q", "--layers", "--network=none", "-t", "built", dir)
		if n, _ := composefsLayers(t, p); n > 0 {
			t.Errorf("%s: %d layers are composefs", kind, n)
		}
		p.Run("run", "--name=box", "--network=none", "built", "sh", "-c", "rm /base/hard; echo more >>/app/new; mkdir /base/hidden")
		p.Run("commit", "-q", "box", "committed")
		if n, _ := composefsLayers(t, p); n > 0 {
			t.Errorf("%s: after a commit %d layers are composefs", kind, n)
		}
		shown = append(shown, p.Run("diff", "box")+p.Run("run", "--rm", "--network=none", "committed", "sh", "-c", allFiles))
	}
	if shown[1] != shown[0] {
		t.Errorf("got\n%s\nwant, as plain podman shows\n%s", shown[1], shown[0])
	}
}

// asUser runs podman and ends its pause process, in whose namespaces another podman of the store would run.
func asUser(t *testing.T, p *podman.Podman, args ...string) {
	t.Helper()
	logs(t, p, args...)
	p.Run("system", "migrate")
}

// makePlain gives a layer of a store the directory of the same layer in another store.
func makePlain(t *testing.T, root, diff string) {
	t.Helper()
	layer := filepath.Join(root, "overlay", filepath.Base(filepath.Dir(diff)))
	for _, name := range []string{"diff", "composefs-data"} {
		if err := os.RemoveAll(filepath.Join(layer, name)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("cp", "-a", diff, filepath.Join(layer, "diff")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
