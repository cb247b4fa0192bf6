package convert_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestVectors compares the digests of the canonical and of the bootable form, by both algorithms, with
// those of composefs-rs. One of the images has an SELinux policy with all that its labels depend on. The
// layers name objects by either algorithm; contents are read for the other one.
func TestVectors(t *testing.T) {
	both := []verity.Algorithm{verity.SHA256, verity.SHA512}
	for _, image := range boottest.Images(t) {
		for _, names := range both {
			store := new(layertest.Contents)
			store.Algorithm = names
			images, err := convertAll(t, store, image.Layers, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range both {
				for form, bootable := range map[string]bool{"oci": false, "bootable": true} {
					opts := convert.OCIOptions{Bootable: bootable, Algorithm: a, Object: objectsOf(store)}
					got, err := convert.OCI(t.Context(), sourcesOf(t, images), opts)
					if want := image.Digests[a.String()+" "+form]; err != nil || got.Digest.String() != want || want == "" {
						t.Errorf("%s by %s, %s, %s: %s, %v, want %s", image.Name, names, a, form, got.Digest, err, want)
					}
				}
			}
			if _, err := convert.OCI(t.Context(), sourcesOf(t, images), convert.OCIOptions{Algorithm: names}); err != nil {
				t.Errorf("%s by %s: %v, but no object is needed", image.Name, names, err)
			}
		}
	}
}

// objectsOf returns the function that opens the objects of a store.
func objectsOf(store *layertest.Contents) func(verity.Digest) (io.ReadCloser, error) {
	return func(d verity.Digest) (io.ReadCloser, error) {
		content, ok := store.Content(d)
		if !ok {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(bytes.NewReader(content)), nil
	}
}

// bootableEntries are those of a small image for a host.
func bootableEntries(more ...layertest.Entry) []layertest.Entry {
	return append([]layertest.Entry{layertest.Dir("boot"), layertest.Dir("sysroot"), layertest.Dir("usr")}, more...)
}

// bootableTree returns the bootable tree of a layer.
func bootableTree(t *testing.T, entries []layertest.Entry) (*tree.Tree, error) {
	t.Helper()
	images, err := convertAll(t, new(layertest.Contents), [][]byte{layertest.Tar(entries...)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := convert.MergeTree(t.Context(), sourcesOf(t, images), false)
	if err == nil {
		err = convert.Canonical(tr, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tr, convert.Bootable(tr, nil)
}

// TestBootable shows what the vectors lack: files with names inside and outside of /boot, and three names
// of one file, the second of which gets another label.
func TestBootable(t *testing.T) {
	tr, err := bootableTree(t, bootableEntries(
		layertest.File("boot/linked", "x"), layertest.Link("usr/linked", "boot/linked"),
		layertest.Dir("sysroot/d"), layertest.File("sysroot/d/f", "x"),
		layertest.Dir("etc"), layertest.Dir("etc/selinux"), layertest.File("etc/selinux/config", "SELINUXTYPE=p"),
		layertest.Dir("etc/selinux/p"), layertest.Dir("etc/selinux/p/contexts"), layertest.Dir("etc/selinux/p/contexts/files"),
		layertest.File("etc/selinux/p/contexts/files/file_contexts", "/usr/.* u\n/usr/b -- b\n/usr/d.* -d d\n/usr/d/x x"),
		layertest.File("usr/a", "a"), layertest.Link("usr/b", "usr/a"), layertest.Link("usr/c", "usr/a"),
		layertest.Dir("usr/d"), layertest.Symlink("usr/d/x", "y"),
	))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	_ = tr.Walk(func(path string, e *tree.Entry) error {
		label, _ := e.Inode.Xattrs.Get("security.selinux")
		if !strings.HasPrefix(path, "/etc") {
			got = append(got, fmt.Sprintf("%s %d %t %s", path, e.Inode.Nlink, e.Link, label))
		}
		return nil
	})
	want := []string{
		"/ 2 false ", "/boot 2 false ", "/sysroot 2 false ", "/usr 2 false ",
		"/usr/a 2 false u", "/usr/b 1 false b", "/usr/c 2 true u", "/usr/d 2 false d", "/usr/d/x 1 false x", "/usr/linked 1 false u",
	}
	if !slices.Equal(got, want) {
		t.Errorf("has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNotBootable has trees that composefs-rs refuses.
func TestNotBootable(t *testing.T) {
	config := []layertest.Entry{layertest.Dir("etc"), layertest.Dir("etc/selinux"), layertest.File("etc/selinux/config", "SELINUXTYPE=p")}
	for want, entries := range map[string][]layertest.Entry{
		"bootable tree: the image has no directory /boot, which the image of a host needs":    {layertest.Dir("usr"), layertest.Dir("sysroot")},
		"bootable tree: the image has no directory /sysroot, which the image of a host needs": {layertest.Dir("usr"), layertest.Dir("boot"), layertest.File("sysroot", "x")},
		"bootable tree: SELinux policy: file_contexts: file does not exist":                   bootableEntries(config...),
		"bootable tree: /etc/selinux/config: not a regular file":                              bootableEntries(layertest.Dir("etc"), layertest.Dir("etc/selinux"), layertest.Symlink("etc/selinux/config", "x")),
		"bootable tree: /etc/selinux/config: objects cannot be read":                          bootableEntries(layertest.Dir("etc"), layertest.Dir("etc/selinux"), layertest.File("etc/selinux/config", strings.Repeat("#", 100))),
	} {
		if _, err := bootableTree(t, entries); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
