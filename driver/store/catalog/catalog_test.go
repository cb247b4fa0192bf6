package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

const (
	a  = "aaa0000000000000000000000000000000000000000000000000000000000000"
	a1 = "aaa1000000000000000000000000000000000000000000000000000000000000"
	b  = "bbb0000000000000000000000000000000000000000000000000000000000000"
	c  = "ccc0000000000000000000000000000000000000000000000000000000000000"
	d  = "ddd0000000000000000000000000000000000000000000000000000000000000"
)

// write writes the files of a store and returns it.
func write(t *testing.T, images, layers string) chain.Store {
	t.Helper()
	s := chain.Store{Home: filepath.Join(t.TempDir(), "overlay")}
	for name, text := range map[string]string{"images": images, "layers": layers} {
		dir := s.Home + "-" + name
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func read(t *testing.T) *catalog.Catalog {
	t.Helper()
	stores := &chain.Stores{
		Primary: write(t, `[
{"id": "`+a+`", "names": ["docker.io/library/busybox:latest", "quay.io/me/tool:2"], "layer": "top", "unknown": 1},
{"id": "`+a1+`", "names": ["localhost/busybox:1", "localhost/only:latest", "localhost/ccc:latest"]},
{"id": "`+b+`", "digest": "sha256:m1", "big-data-digests": {"manifest-2": "sha256:m2", "sha256:x": "sha256:m3"},
 "names": ["quay.io/me/app:latest", "host:5000/busybox:9"]},
{"id": "`+c+`", "names": ["docker.io/library/busybox:1", "quay.io/other/tool:2"]}]`,
			`[{"id": "base"}, {"id": "top", "parent": "middle", "flags": {"x": 1}}, {"id": "middle", "parent": "base"},
{"id": "loop", "parent": "loop"}, {"id": "half", "parent": "gone"}]`),
		Images: chain.Store{Home: "/nonexistent/overlay"},
		Additional: []chain.Store{write(t, `[{"id": "`+a+`", "names": ["docker.io/library/hidden:latest"]},
{"id": "`+d+`", "names": ["quay.io/me/additional:latest"]}]`, `[{"id": "other", "parent": "base"}, {"id": "base", "parent": "never"}]`)},
	}
	found, err := catalog.Read(stores)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFind(t *testing.T) {
	images := read(t)
	for name, want := range map[string]string{
		a: a, "sha256:" + b: b, // IDs
		"aaa1": a1, "bbb": b, // their beginnings
		"docker.io/library/busybox": a, "docker.io/library/busybox:latest": a, // names
		"docker.io/busybox": a, "busybox": a, "busybox:latest": a, "library/busybox": a,
		"localhost/busybox:1": a1, "only": a1, "only:latest": a1,
		"quay.io/me/tool:2": a, "me/tool:2": a, "other/tool:2": c, "me/app": b, "app": b, // their ends
		"host:5000/busybox:9": b, "busybox:9": b,
		"app@sha256:m1": b, "quay.io/me/app@sha256:m2": b, "app:8@sha256:m1": b, // digests
		"ccc": a1, "cccc": "", "ccc0": c, // a name counts more than an ID
		"additional": d,
		"":           "", "aa": "", "x": "", "usybox": "", "busybox:3": "", "app@sha256:m3": "", "hidden": "",
		"sha256:aaa1": "", "me/app:2": "", "example.com/busybox": "", "/busybox": "",
	} {
		got, err := images.Find(name)
		if want == "" && !errors.Is(err, catalog.ErrUnknown) || want != "" && err != nil || got.ID != want {
			t.Errorf("%q: %s, %v, want %s", name, got.ID, err, want)
		}
	}
}

func TestFindAmbiguous(t *testing.T) {
	images := read(t)
	for name, want := range map[string]string{
		"aaa":       `"aaa" may be aaa000000000 or aaa100000000`,
		"busybox:1": `"busybox:1" may be localhost/busybox:1 or docker.io/library/busybox:1`,
		"tool:2":    `"tool:2" may be quay.io/me/tool:2 or quay.io/other/tool:2`,
	} {
		var ambiguous *catalog.AmbiguousError
		if _, err := images.Find(name); !errors.As(err, &ambiguous) || err.Error() != want || len(ambiguous.Candidates) != 2 {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

func TestChain(t *testing.T) {
	images := read(t)
	for layer, want := range map[string][]string{
		"": nil, "top": {"top", "middle", "base"}, "loop": {"loop"}, "half": {"half", "gone"}, "other": {"other", "base"},
	} {
		if got := images.Chain(layer); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", layer, got, want)
		}
	}
}

// TestOwn asks for the layers that no other image has, as its layer, below that, or below a copy of it.
func TestOwn(t *testing.T) {
	for others, want := range map[string][]string{
		``:                                        {"top", "middle", "base"},
		`, {"id": "` + b + `", "layer": "base"}`:  {"top", "middle"},
		`, {"id": "` + b + `", "layer": "next"}`:  {"top"},
		`, {"id": "` + b + `", "layer": "top"}`:   {},
		`, {"id": "` + b + `", "layer": "apart"}`: {"top", "middle", "base"},
		`, {"id": "` + b + `", "layer": "apart", "mapped-layers": ["apart", "next"]}`: {"top"},
	} {
		stores := &chain.Stores{Primary: write(t, `[{"id": "`+a+`", "layer": "top"}`+others+`]`, `[{"id": "base"}, {"id": "middle", "parent": "base"},
{"id": "top", "parent": "middle"}, {"id": "next", "parent": "middle"}, {"id": "apart"}]`)}
		images, err := catalog.Read(stores)
		if err != nil {
			t.Fatal(err)
		}
		image, err := images.Find(a)
		if got := images.Own(image); err != nil || !slices.Equal(got, want) {
			t.Errorf("with %s: %q, %v, want %q", others, got, err, want)
		}
	}
}

// TestContainers reads the lists of a store and of its run root.
func TestContainers(t *testing.T) {
	s, run := write(t, "[]", "[]"), t.TempDir()
	for dir, text := range map[string]string{
		s.Home + "-containers/containers.json":               `[{"id": "c0", "names": ["web", "other"], "layer": "l0"}]`,
		run + "/overlay-containers/volatile-containers.json": `[{"id": "0123456789abcdef", "layer": "l1"}]`,
	} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(dir), 0o700), os.WriteFile(dir, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := catalog.Containers(s, run)
	if err != nil || len(list) != 2 || list[0].Name() != "web" || list[0].Layer != "l0" || list[1].Name() != "0123456789ab" || list[1].Layer != "l1" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestReadDamaged reads a file that is none, and names it.
func TestReadDamaged(t *testing.T) {
	for _, texts := range [][2]string{{"[", "[]"}, {"[]", "{}"}} {
		stores := &chain.Stores{Primary: write(t, texts[0], texts[1])}
		if _, err := catalog.Read(stores); err == nil || !strings.Contains(err.Error(), ".json: ") {
			t.Errorf("%q: %v", texts, err)
		}
	}
}

// TestReadLayer reads records of layers, also one with fields of a newer containers/storage.
func TestReadLayer(t *testing.T) {
	s := write(t, "[]", `[{"id": "a", "parent": "b", "diff-digest": "sha256:1", "diff-size": 2, "new": 1, "also": null},
{"id": "b", "flags": {"incomplete": true}, "uidmap": [{}]}]`)
	l, unknown, err := catalog.ReadLayer(s, "a")
	if want := (catalog.Layer{ID: "a", Parent: "b", DiffID: "sha256:1", Size: 2}); err != nil || l != want || !slices.Equal(unknown, []string{"also", "new"}) {
		t.Errorf("%+v, %q, %v", l, unknown, err)
	}
	l, unknown, err = catalog.ReadLayer(s, "b")
	if want := (catalog.Layer{ID: "b", Incomplete: true, Mapped: true}); err != nil || l != want || len(unknown) > 0 {
		t.Errorf("%+v, %q, %v", l, unknown, err)
	}
	if _, _, err = catalog.ReadLayer(s, "c"); err == nil || !strings.Contains(err.Error(), s.LayerRecords()+" does not list it") {
		t.Errorf("an unknown layer: %v", err)
	}
	if _, _, err = catalog.ReadLayer(write(t, "[]", `[1]`), "a"); err == nil || !strings.Contains(err.Error(), "layers.json") {
		t.Errorf("an invalid record: %v", err)
	}
}

// TestMountPoints reads the counts of mounts.
func TestMountPoints(t *testing.T) {
	run := chain.RunRoot(t.TempDir())
	if paths, err := catalog.MountPoints(run); len(paths) > 0 || err != nil {
		t.Errorf("without a file: %q, %v", paths, err)
	}
	text := `[{"id": "a", "path": "/a/merged", "count": 1}, {"id": "b", "path": "/b/merged", "count": 0}]`
	if err := errors.Join(os.MkdirAll(filepath.Dir(run.Mounts()), 0o700), os.WriteFile(run.Mounts(), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	if paths, err := catalog.MountPoints(run); err != nil || !slices.Equal(paths, []string{"/a/merged"}) {
		t.Errorf("%q, %v", paths, err)
	}
}
