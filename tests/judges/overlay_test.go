//go:build linux

package judges_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestOverlay mounts an image as users do: under overlayfs, with the objects as a
// data-only layer. Contents come out of objects, the names that hide the object
// directories are gone, and escaped xattrs of the image are plain above it.
func TestOverlay(t *testing.T) {
	needs.Root(t)
	content := strings.Repeat("what an object holds\n", 1000)
	digest := verity.Sum([]byte(content))
	store := t.TempDir()
	object := filepath.Join(store, objects.Path(digest))
	if err := errors.Join(os.Mkdir(filepath.Dir(object), 0o755), os.WriteFile(object, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
	external := func(mode uint32) *tree.Inode {
		return &tree.Inode{
			Mode: tree.TypeRegular | mode, Nlink: 1, UID: 1000, MtimeSec: 7, Size: uint64(len(content)),
			Payload: objects.Path(digest), Digest: digest,
		}
	}
	dir := tree.NewDir(0o750)
	tr := tree.New()
	for _, e := range []struct {
		dir *tree.Inode
		tree.Entry
	}{
		{tr.Root, tree.Entry{Name: "d", Inode: dir}},
		{tr.Root, tree.Entry{Name: "file", Inode: external(0o4755)}},
		{dir, tree.Entry{Name: "same content", Inode: external(0o600)}},
		{dir, tree.Entry{Name: "inline", Inode: &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1, Size: 5, Content: "short"}}},
		{dir, tree.Entry{Name: "whiteout", Inode: &tree.Inode{Mode: tree.TypeChar, Nlink: 1}}},
	} {
		if err := e.dir.Dir.Add(e.Entry); err != nil {
			t.Fatal(err)
		}
	}
	s := newSubject(t, "overlay", tr, erofs.V1)
	at := mounted.Overlay(t, mounted.Erofs(t, s.file(t)), store)

	if got := listing(t, at); got != "d file" {
		t.Errorf("the root has %q", got)
	}
	if got := listing(t, filepath.Join(at, "d")); got != "inline same content whiteout" {
		t.Errorf("d has %q", got)
	}
	for name, want := range map[string]string{"file": content, "d/same content": content, "d/inline": "short"} {
		if got, err := os.ReadFile(filepath.Join(at, name)); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
		}
	}
	var st unix.Stat_t
	if err := unix.Lstat(filepath.Join(at, "file"), &st); err != nil || st.Mode != tree.TypeRegular|0o4755 || st.Uid != 1000 || st.Mtim.Sec != 7 {
		t.Errorf("file: mode %o, uid %d, mtime %d, %v", st.Mode, st.Uid, st.Mtim.Sec, err)
	}
	for _, x := range []struct{ path, name, want string }{
		{"d/whiteout", "trusted.overlay.whiteout", ""},
		{"d/whiteout", "user.overlay.whiteout", ""},
		{"d", "trusted.overlay.whiteouts", ""},
		{"d", "trusted.overlay.opaque", "x"},
	} {
		value := make([]byte, 100)
		n, err := unix.Lgetxattr(filepath.Join(at, x.path), x.name, value)
		if err != nil || string(value[:n]) != x.want {
			t.Errorf("%s of %s: %q, %v, want %q", x.name, x.path, value[:max(n, 0)], err, x.want)
		}
	}
	// What overlayfs has acted on it does not show.
	for _, name := range []string{"trusted.overlay.redirect", "trusted.overlay.metacopy"} {
		if _, err := unix.Lgetxattr(filepath.Join(at, "file"), name, nil); !errors.Is(err, unix.ENODATA) {
			t.Errorf("%s of file: %v, want ENODATA", name, err)
		}
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
