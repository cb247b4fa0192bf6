package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestContainerImage lists and dumps a container image, before its layers are merged, afterwards, and by
// the file of its merged image. All three are the same. Before, nothing is merged in the store.
func TestContainerImage(t *testing.T) {
	needs.Root(t)
	root := newStore(t,
		layertest.Tar(layertest.File("gone", "x"), layertest.File("large", strings.Repeat("large\n", 100))),
		layertest.Tar(layertest.File(".wh.gone", ""), layertest.File("new", strings.Repeat("new\n", 100))))
	merged := filepath.Join(root, "overlay/layer1/composefs-data/merged.blob")
	commands := [][]string{{"ls"}, {"ls", "--json"}, {"objects", "--json"}, {"dump"}}
	var before []string
	for _, c := range commands {
		before = append(before, call(t, append(c, "app")...))
	}
	if names := before[0]; !strings.Contains(names, "/new\t@ ") || strings.Contains(names, "gone") || strings.Count(before[2], "digest") != 2 {
		t.Errorf("ls prints %q, objects %s", names, before[2])
	}
	var out, complaints bytes.Buffer
	if code := run([]string{"composefs-storage", "dump", merged}, streams{nil, &out, &complaints}); code != exitFailed {
		t.Errorf("the layers are merged already: exit code %d, %s", code, complaints.String())
	}
	call(t, "prepare", "app")
	for i, c := range commands {
		if after := call(t, append(c, "--root", root, "a0")...); after != before[i] {
			t.Errorf("%s: before %s\nafter %s", c, before[i], after)
		}
		if file := call(t, append(c, merged)...); file != before[i] {
			t.Errorf("%s: before %s\nof the file %s", c, before[i], file)
		}
	}
}

// TestContainerImageErrors checks the errors of names that are neither, and of images without a merged
// image.
func TestContainerImageErrors(t *testing.T) {
	root := newStore(t, layertest.Tar(layertest.File("file", "x")), layertest.Tar())
	remove(t, filepath.Join(root, "overlay/layer0/composefs-data"))
	for _, c := range []struct{ name, want string }{
		{"app", "error: image a0: there is no merged image: layer layer0 is plain\n"},
		{"nope", "error: open nope: no such file, and \"nope\": no such image\n" +
			"hint: \"podman images\" lists the images of " + root + "; use --root DIR for another store\n"},
	} {
		for _, command := range []string{"ls", "dump", "objects", "digest"} {
			var complaints bytes.Buffer
			if code := run([]string{"composefs-storage", command, c.name}, streams{nil, &bytes.Buffer{}, &complaints}); code != exitFailed || complaints.String() != c.want {
				t.Errorf("%s %s: exit code %d, %q, want %q", command, c.name, code, complaints.String(), c.want)
			}
		}
	}
}

// TestCount checks plural forms.
func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 2: "2 files"} {
		if got := count(n, "file"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
