package layer_test

import (
	"archive/tar"
	"errors"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestBuilder adds entries without a tar. keep must be called in order for all files with a
// content, even for those that a later entry replaces.
func TestBuilder(t *testing.T) {
	var kept []string
	b := layer.NewBuilder(func(name string, n *tree.Inode) error {
		kept = append(kept, name)
		n.Digest, n.Payload = verity.Sum([]byte(name)), tree.ByDigest
		return nil
	})
	for _, hdr := range []tar.Header{
		{Typeflag: tar.TypeReg, Name: "./d/a", Size: 5},
		{Typeflag: tar.TypeReg, Name: "empty"},
		{Typeflag: tar.TypeReg, Name: ".wh.gone", Size: 5},
		{Typeflag: tar.TypeLink, Name: "b", Linkname: "d/a", Size: 5},
		{Typeflag: tar.TypeReg, Name: "d/a", Size: 7},
	} {
		if err := b.Add(&hdr); err != nil {
			t.Fatal(err)
		}
	}
	tr := b.Tree()
	if len(kept) != 2 || kept[0] != "./d/a" || kept[1] != "d/a" {
		t.Errorf("contents were asked for of %q", kept)
	}
	for path, size := range map[string]uint64{"/b": 5, "/d/a": 7} {
		if e, ok := tr.Lookup(path); !ok || e.Inode.Size != size || e.Inode.Nlink != 1 || e.Link {
			t.Errorf("%s: %+v", path, e)
		}
	}
}

// TestBuilderFails checks that errors name the entry.
func TestBuilderFails(t *testing.T) {
	b := layer.NewBuilder(func(string, *tree.Inode) error { return errBroken })
	if err := b.Add(&tar.Header{Typeflag: tar.TypeReg, Name: "f", Size: 1}); !errors.Is(err, errBroken) || err.Error() != `entry "f": broken` {
		t.Errorf("error %v", err)
	}
	if err := b.Add(&tar.Header{Typeflag: tar.TypeReg, Name: "f", Size: -1}); err == nil || err.Error() != `entry "f": invalid size of -1 bytes` {
		t.Errorf("error %v", err)
	}
}

// TestBuilderLinks checks hard links. A link to a deleted name is an error. A link with another
// owner drops the capability of its file, because the stock driver calls chown(2).
func TestBuilderLinks(t *testing.T) {
	const capability = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	b := layer.NewBuilder(nil)
	for _, hdr := range []tar.Header{
		{Typeflag: tar.TypeReg, Name: ".wh.gone"},
		{Typeflag: tar.TypeReg, Name: "a", PAXRecords: map[string]string{"SCHILY.xattr.security.capability": capability}},
		{Typeflag: tar.TypeReg, Name: "b", PAXRecords: map[string]string{"SCHILY.xattr.security.capability": capability}},
		{Typeflag: tar.TypeLink, Name: "a2", Linkname: "a"},
		{Typeflag: tar.TypeLink, Name: "b2", Linkname: "b", Uid: 1},
	} {
		if err := b.Add(&hdr); err != nil {
			t.Fatal(err)
		}
	}
	want := `entry "l": hard link to "gone", which is not in the layer so far`
	if err := b.Add(&tar.Header{Typeflag: tar.TypeLink, Name: "l", Linkname: "gone"}); err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	for path, has := range map[string]bool{"/a": true, "/b": false} {
		e, _ := b.Tree().Lookup(path)
		if value, ok := e.Inode.Xattrs.Get("security.capability"); ok != has || has && value != capability {
			t.Errorf("%s has the capability %q, %v", path, value, ok)
		}
	}
}
