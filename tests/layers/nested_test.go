//go:build linux

package layers_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestNestedStore checks that the marks of a container store inside of an image are
// there for it, and does nothing to the mount: another overlay above would see marks
// and whiteouts as they were in the tar.
func TestNestedStore(t *testing.T) {
	needs.Root(t)
	base := layertest.Tar(layertest.Dir("d"), layertest.File("d/below", "below"), layertest.File("f", "below"), layertest.File("w", "below"))
	top := layertest.Tar(
		layertest.Dir("d").Xattr("trusted.overlay.opaque", "y").Xattr("trusted.overlay.origin", "o").Xattr("trusted.overlay.overlay.opaque", "y").Xattr("user.overlay.opaque", "y"),
		layertest.File("f", "own").Xattr("trusted.overlay.metacopy", "").Xattr("trusted.overlay.redirect", "/w"),
		layertest.Device("w", 0, 0),
	)
	at := convertLayers(t, base, top).mountMerged(t)
	for _, x := range []struct{ path, name, want string }{
		{"d", "trusted.overlay.opaque", "y"},
		{"d", "trusted.overlay.origin", "o"},
		{"d", "trusted.overlay.overlay.opaque", "y"},
		{"d", "user.overlay.opaque", "y"},
		{"f", "trusted.overlay.metacopy", ""},
		{"f", "trusted.overlay.redirect", "/w"},
		{"w", "trusted.overlay.whiteout", ""}, // as overlayfs has whiteouts since Linux 6.7
	} {
		value := make([]byte, 100)
		n, err := unix.Lgetxattr(filepath.Join(at, x.path), x.name, value)
		if err != nil || string(value[:n]) != x.want {
			t.Errorf("%s of %s: %q, %v, want %q", x.name, x.path, value[:max(n, 0)], err, x.want)
		}
	}
	for name, want := range map[string]string{"d/below": "below", "f": "own", "w": ""} {
		if got, err := os.ReadFile(filepath.Join(at, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
}

// TestOnlyOurs checks on the mount the facts that the stock driver loses: xattrs in libarchive's
// form, the metadata of implied directories, and that deleted files stay away.
func TestOnlyOurs(t *testing.T) {
	needs.Root(t)
	at := convertLayers(t,
		layertest.Tar(layertest.Dir("priv").Owner(1000, 1001, 0o700).Xattr("user.a", "1"), layertest.File("priv/secret", "s"), layertest.Dir("back"), layertest.File("back/secret", "s")),
		layertest.Tar(layertest.File("priv/extra", "e").Record("LIBARCHIVE.xattr.user.b%2fc", "dmFsdWU="), layertest.File(".wh.back", ""), layertest.Dir("back"), layertest.File("back/new", "n")),
	).mountMerged(t)
	var st unix.Stat_t
	if err := unix.Lstat(filepath.Join(at, "priv"), &st); err != nil || st.Mode != unix.S_IFDIR|0o700 || st.Uid != 1000 || st.Gid != 1001 {
		t.Errorf("priv: mode %o, owner %d:%d, %v", st.Mode, st.Uid, st.Gid, err)
	}
	value := make([]byte, 100)
	if n, err := unix.Lgetxattr(filepath.Join(at, "priv/extra"), "user.b/c", value); err != nil || string(value[:n]) != "value" {
		t.Errorf("user.b/c: %q, %v", value[:max(n, 0)], err)
	}
	if _, err := os.Lstat(filepath.Join(at, "back/secret")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("back/secret: %v", err)
	}
	if _, err := os.Lstat(filepath.Join(at, "back/new")); err != nil {
		t.Error(err)
	}
}
