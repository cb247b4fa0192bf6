package layer_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestManyXattrs checks that the work for the xattrs of a header does not grow with the square of
// their number, and that links cannot add xattrs endlessly.
func TestManyXattrs(t *testing.T) {
	const headers, records = 4, 16_000
	file := layertest.File("f", "")
	var entries []layertest.Entry
	for i := range headers {
		if i > 0 {
			file = layertest.Link(fmt.Sprint(i), "f")
		}
		file.PAXRecords = map[string]string{}
		for k := range records {
			file.PAXRecords[fmt.Sprintf("SCHILY.xattr.user.%d.%d", i, k)] = "x"
		}
		entries = append(entries, file)
	}
	b := layertest.Tar(entries...)
	used := layertest.Allocated(func() {
		_, err := layer.Read(t.Context(), bytes.NewReader(b), store{}, layer.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), `entry "1": xattrs of `) {
			t.Errorf("error %v, want one of too many xattrs", err)
		}
	})
	if most := uint64(64 * len(b)); used > most {
		t.Errorf("%d bytes allocated for %d of headers, more than %d", used, len(b), most)
	}
}

// TestXattrTwice checks that the same one of two spellings of an xattr always counts.
func TestXattrTwice(t *testing.T) {
	b := layertest.Tar(layertest.File("f", "").
		Record("LIBARCHIVE.xattr.user.a", "MQ").Record("LIBARCHIVE.xattr.user%2Ea", "Mg").Record("LIBARCHIVE.xattr.%75ser.a", "Mw"))
	for range 50 {
		tr, err := layer.Read(t.Context(), bytes.NewReader(b), store{}, layer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, _ := tr.Lookup("f")
		if value, _ := e.Inode.Xattrs.Get("user.a"); value != "1" {
			t.Fatalf("user.a is %q, want that of the last spelling", value)
		}
	}
}

// TestUserXattrs checks that only files that can have user.* xattrs in Linux keep them.
func TestUserXattrs(t *testing.T) {
	special := func(kind byte) layertest.Entry {
		return layertest.Entry{Header: tar.Header{Typeflag: kind, Name: "f", Linkname: "target", Mode: 0o1777}}
	}
	for kind, want := range map[byte]string{
		tar.TypeReg: "trusted.t user.a user.b", tar.TypeDir: "trusted.t user.a",
		tar.TypeSymlink: "trusted.t", tar.TypeChar: "trusted.t", tar.TypeBlock: "trusted.t", tar.TypeFifo: "trusted.t",
	} {
		entries := []layertest.Entry{special(kind).Xattr("user.a", "1").Xattr("trusted.t", "2")}
		if kind != tar.TypeDir {
			entries = append(entries, layertest.Link("g", "f").Xattr("user.b", "3"))
		}
		tr, err := layer.Read(t.Context(), bytes.NewReader(layertest.Tar(entries...)), store{}, layer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, _ := tr.Lookup("f")
		var names []string
		for _, x := range e.Inode.Xattrs {
			names = append(names, x.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("type %c has %s, want %s", kind, got, want)
		}
	}
}
