//go:build linux

package images

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// FuzzLookup looks up names of a tar-split in the image of a layer with three symlinks. It must end, and
// find the file that the kernel finds in a directory with the same files, from which no symlink leads
// out.
func FuzzLookup(f *testing.F) {
	f.Add("d/f", "d", "../f", "/one/f")
	f.Add("one", "two", "three", "one")
	f.Add("/", "..", "./../..//d/", "/three/e/../one/f")
	f.Add("d/e/three", "/d/e", "two/../../f", "three/../one")
	f.Fuzz(func(t *testing.T, one, two, three, name string) {
		targets := map[string]string{"one": one, "d/two": two, "d/e/three": three}
		for _, target := range targets {
			if target == "" || len(target) > 200 || strings.Contains(target, "\x00") {
				return
			}
		}
		if len(name) > 1000 || strings.Contains(name, "\x00") {
			return
		}
		dir := t.TempDir()
		n, err := Lookup(linked(t, dir, targets).Finder(), name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		found := ""
		if n != nil && n.Type() == tree.TypeRegular {
			found = n.Content
		}
		if want := kernelFinds(t, dir, name); want != "" && found != want {
			t.Errorf("%q: found %q, the kernel finds %q; %v", name, found, want, err)
		}
	})
}

// linked makes files and symlinks in a directory, and returns the image of a layer with
// the same. A file's content is its path.
func linked(t *testing.T, dir string, targets map[string]string) *erofs.Image {
	t.Helper()
	entries := []layertest.Entry{layertest.Dir("d"), layertest.Dir("d/e")}
	err := os.MkdirAll(filepath.Join(dir, "d/e"), 0o755)
	for _, path := range []string{"f", "d/f", "d/e/f"} {
		entries = append(entries, layertest.File(path, path))
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, path), []byte(path), 0o600))
	}
	for path, target := range targets {
		entries = append(entries, layertest.Symlink(path, target))
		err = errors.Join(err, os.Symlink(target, filepath.Join(dir, path)))
	}
	var image bytes.Buffer
	if err == nil {
		_, err = convert.Layer(t.Context(), bytes.NewReader(layertest.Tar(entries...)), new(layertest.Contents), &image, layer.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := erofs.Open(bytes.NewReader(image.Bytes()), int64(image.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// kernelFinds returns the content of a regular file, or "". As in tars, ".." in the name
// itself is not looked up, and a symlink at its end is no file.
func kernelFinds(t *testing.T, dir, name string) string {
	t.Helper()
	root, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // open for reading
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(int(root.Fd()), filepath.Clean("/"+name), &how)
	if err != nil {
		return ""
	}
	file := os.NewFile(uintptr(fd), name)
	defer file.Close() //nolint:errcheck // open for reading
	content := make([]byte, 10)
	k, _ := file.Read(content) // an error: it is a directory
	return string(content[:max(k, 0)])
}
