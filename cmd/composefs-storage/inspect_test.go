package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// call runs a command and returns its output.
func call(t *testing.T, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if code := run(append([]string{"composefs-storage"}, args...), streams{nil, &out, &complaints}); code != exitOK {
		t.Fatalf("%s: exit code %d, %s", args, code, complaints.String())
	}
	return out.String()
}

// newStore makes a store with one image, "app", of composefs layers, bottom first, and
// configures it for the test.
func newStore(t *testing.T, layers ...[]byte) (root string) {
	t.Helper()
	root, err := os.MkdirTemp(needs.Disk(t), "store")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, root) })
	write := func(name, format string, args ...any) {
		t.Helper()
		path := filepath.Join(root, name)
		mkdir(t, filepath.Dir(path))
		if err := os.WriteFile(path, fmt.Appendf(nil, format, args...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var lower, list []string
	mkdir(t, filepath.Join(root, "overlay/l"))
	for i, tar := range layers {
		id, parent := fmt.Sprintf("layer%d", i), fmt.Sprintf("layer%d", i-1)
		dir := "overlay/" + id + "/"
		write("layer.tar", "%s", tar)
		write(dir+"lower", "%s", strings.Join(lower, ":"))
		write(dir+"link", "%s", id)
		write(dir+"composefs-data/composefs.blob", "")
		call(t, "convert-layer", filepath.Join(root, "layer.tar"), "--pool", filepath.Join(root, "overlay-composefs"),
			"--diff", filepath.Join(root, dir+"diff"), "--image", filepath.Join(root, dir+"composefs-data/composefs.blob"))
		if err := os.Symlink("../"+id+"/diff", filepath.Join(root, "overlay/l", id)); err != nil {
			t.Fatal(err)
		}
		lower = append([]string{"l/" + id}, lower...)
		if i == 0 {
			parent = ""
		}
		list = append(list, fmt.Sprintf(`{"id": %q, "parent": %q, "diff-digest": "sha256:%x"}`, id, parent, sha256.Sum256(tar)))
	}
	write("overlay-layers/layers.json", "[%s]", strings.Join(list, ","))
	write("overlay-images/images.json", `[{"id": "a0", "names": ["localhost/app:latest"], "layer": "layer%d"}]`, len(layers)-1)
	write("storage.conf", "[storage]\ndriver = 'overlay'\ngraphroot = '%s'\n", root)
	write("composefs.conf", "")
	t.Setenv("CONTAINERS_STORAGE_CONF", filepath.Join(root, "storage.conf"))
	t.Setenv("CONTAINERS_COMPOSEFS_CONF", filepath.Join(root, "composefs.conf"))
	return root
}

func inspectMerged(t *testing.T) *inspectedImage {
	t.Helper()
	var i inspected
	if err := json.Unmarshal([]byte(call(t, "inspect", "--json", "app")), &i); err != nil || i.Merged == nil {
		t.Fatalf("%+v, %v", i, err)
	}
	return i.Merged
}

// TestInspectDigest mounts the image by the command of inspect, and has mkcomposefs make an image of
// the mounted tree: it has the digest that inspect prints before and after merging, unless the tree has
// hard links, which mkcomposefs does not see.
func TestInspectDigest(t *testing.T) {
	needs.Root(t)
	base := []layertest.Entry{
		layertest.Dir("usr/").Owner(1, 2, 0o750).Xattr("user.colour", "green"),
		layertest.File("usr/large", strings.Repeat("large\n", 1000)).Xattr("security.capability", "\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		layertest.File("usr/small", "small"),
		layertest.File("usr/empty", ""),
		layertest.File("usr/gone", "gone"),
		layertest.Symlink("bin", "usr/bin"),
		layertest.Device("null", 1, 3),
		layertest.Device("usr/nested", 0, 0),
	}
	top := layertest.Tar(layertest.Dir("usr/").Xattr("trusted.overlay.opaque", "y"), layertest.File("usr/.wh.gone", ""), layertest.File("usr/new", strings.Repeat("new\n", 100)))
	for name, linked := range map[string]bool{"plain": false, "hard links": true} {
		t.Run(name, func(t *testing.T) {
			entries := base
			if linked {
				entries = append(entries, layertest.Link("usr/again", "usr/large"))
			}
			root := newStore(t, layertest.Tar(entries...), top)
			before := inspectMerged(t)
			source, err := imagePath(t.Context(), "app")
			path, data := source.Image, source.Basedirs
			if err != nil || path != filepath.Join(root, "overlay/layer1/composefs-data/merged.blob") || len(data) != 1 {
				t.Fatalf("%s, %s, %v", path, data, err)
			}
			after := inspectMerged(t)
			if before.Path != "" || after.Path != path || after.Data[0] != data[0] || before.Digest != after.Digest {
				t.Errorf("before %+v, after %+v, merged to %s with %s", before, after, path, data)
			}
			dir := mounted.Overlay(t, mounted.Erofs(t, path), data[0])
			seen := strings.TrimSpace(call(t, "mkcomposefs", "--min-version=1", "--print-digest-only", dir))
			if same := seen == after.Digest; same == linked {
				t.Errorf("inspect says %s, mkcomposefs %s", after.Digest, seen)
			}
		})
	}
}

// TestImagePathPlain asks for an image that cannot be mounted as one.
func TestImagePathPlain(t *testing.T) {
	root := newStore(t, layertest.Tar(layertest.File("file", "x")), layertest.Tar())
	remove(t, filepath.Join(root, "overlay/layer0/composefs-data"))
	if _, err := imagePath(t.Context(), "app"); err == nil || err.Error() != "image a0: layer layer0 is not composefs" {
		t.Error(err)
	}
}
