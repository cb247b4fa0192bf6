//go:build linux

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// bound is a store that is used as bootc uses that of its bound images: in a mount
// namespace of its own, under another path, with the run root as a descriptor.
type bound struct {
	t       *testing.T
	p       *podman.Podman
	root    string
	alias   string
	runRoot string
}

func newBound(t *testing.T, p *podman.Podman) *bound {
	t.Helper()
	b := &bound{t, p, filepath.Join(p.Store.Dir, "bound"), filepath.Join(p.Store.Dir, "alias"), filepath.Join(p.Store.Dir, "boundrun")}
	for _, dir := range []string{b.root, b.alias, b.runRoot} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bound) run(args ...string) {
	b.t.Helper()
	cmd := b.p.Command(context.Background(), append([]string{"--root", b.alias, "--runroot", "/proc/self/fd/3"}, args...)...)
	cmd.Args = append([]string{"unshare", "--mount", "--propagation", "private", "sh", "-c", `mount --bind "$0" "$1"; shift; exec "$@"`, b.root, b.alias}, cmd.Args...)
	cmd.Path = "/usr/bin/unshare"
	runRoot, err := os.Open(b.runRoot)
	if err != nil {
		b.t.Fatal(err)
	}
	defer runRoot.Close() //nolint:errcheck // open for reading
	cmd.ExtraFiles = []*os.File{runRoot}
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("%v: %v: %s", args, err, out)
	}
}

// layers returns how many layers the store has, and how many of these are composefs.
func (b *bound) layers() (all, composefs int) {
	b.t.Helper()
	return len(glob(b.t, b.root, "overlay/*/diff")), len(glob(b.t, b.root, "overlay/*/composefs-data/composefs.blob"))
}

// decision returns the verdict of status on the store.
func (b *bound) decision() string {
	b.t.Helper()
	cmd := b.p.Command(context.Background())
	cmd.Path = filepath.Join(filepath.Dir(cmd.Path), "composefs-storage")
	cmd.Args = []string{cmd.Path, "status", "--root", b.root, "--json"}
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatal(err)
	}
	var status struct{ Decision string }
	if err := json.Unmarshal(out, &status); err != nil {
		b.t.Fatal(err)
	}
	return status.Decision
}

// TestBoundImages pulls as bootc pulls bound images. The flags make podman forget
// use_composefs of storage.conf: a new store stays plain then, and one that has a pool
// composefs.
func TestBoundImages(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	b := newBound(t, p)
	layouts := t.TempDir()
	pull := func(name string, all, composefs int, decision string, flags ...string) {
		t.Helper()
		img := image(t, rich()[0], podman.Layer(layertest.File("name", name)))
		dir := filepath.Join(layouts, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		b.run(slices.Concat(flags, []string{"pull", "-q", "oci:" + dir})...)
		if gotAll, got := b.layers(); gotAll != all || got != composefs {
			t.Errorf("%s: %d layers, %d of them composefs; want %d, %d", name, gotAll, got, all, composefs)
		}
		if got := b.decision(); got != decision {
			t.Errorf("%s: status says %s, want %s", name, got, decision)
		}
	}
	pull("new", 3, 0, "unset")
	b.run("rmi", "-a", "-f")
	pull("told", 3, 3, "pool", "--storage-opt", "overlay.use_composefs=true")
	pull("remembered", 4, 4, "pool")
	pull("refused", 5, 4, "pool", "--storage-opt", "overlay.use_composefs=false")
	b.run("rmi", "-a", "-f")
	pull("emptied", 3, 3, "pool")

	// bootc's podman sees them in an additional store, and forgets the switch too.
	p.Run("pull", "-q", push(t, rich()[0]))
	q := p.Store.Podman(t, podman.Ours, podman.Options{Env: []string{"STORAGE_OPTS=additionalimagestore=" + b.root}})
	id := q.Run("images", "-q", "--filter", "readonly=true")
	if got := q.Run("run", "--rm", id, "cat", "/name"); got != "emptied" {
		t.Errorf("the bound image shows %q", got)
	}
	before := len(glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob"))
	q.Run("pull", "-q", push(t, rich()...))
	if got := len(glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob")); got != before+len(rich())-1 {
		t.Errorf("%d layers are composefs under STORAGE_OPTS, before it were %d", got, before)
	}
	if info := q.Run("info", "--format", "{{.Store.GraphStatus.Composefs}}"); !strings.HasPrefix(info, "on: use_composefs is unset") {
		t.Errorf("podman info: %s", info)
	}
}

// TestBoundImagesShare pulls bound images whose files the host's store has. object_repos names that store, so the
// bound store gets links to its objects, although bootc mounts the bound store elsewhere.
func TestBoundImagesShare(t *testing.T) {
	t.Parallel()
	store := podman.NewStore(t)
	p := store.Podman(t, podman.Ours, podman.Options{Composefs: fmt.Sprintf("object_repos = [%q]\n", store.Root)})
	host := pull(t, p, rich()...)
	b := newBound(t, p)
	dir := t.TempDir()
	if err := image(t, slices.Concat(rich(), [][]byte{podman.Layer(layertest.File("own", strings.Repeat("own", 100)))})...).WriteLayout(dir); err != nil {
		t.Fatal(err)
	}
	b.run("--storage-opt", "overlay.use_composefs=true", "pull", "-q", "oci:"+dir)
	links, others := repo{filepath.Join(store.Root, "overlay-composefs")}.links(t, b.root)
	if links < 4 || others != 1 { // the file of the last layer
		t.Errorf("%d objects of the bound store are links, %d are not", links, others)
	}

	// Neither store needs the other one.
	p.Run("rmi", host)
	q := store.Podman(t, podman.Ours, podman.Options{Env: []string{"STORAGE_OPTS=additionalimagestore=" + b.root}})
	id := q.Run("images", "-q", "--filter", "readonly=true")
	if got := q.Run("run", "--rm", "--network=none", id, "cat", "/own"); got != strings.Repeat("own", 100) {
		t.Errorf("the bound image shows %q", got)
	}
	b.run("system", "check", "--quick") // mounts all layers
	if out, err := p.Storage(t.Context(), "check", "--all", "--root", b.root).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
