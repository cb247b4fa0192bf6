package layer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestManyXattrs checks that the work for the xattrs of a header does not grow with
// the square of their number, and that links cannot gather more and more of them.
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

// TestXattrTwice checks that of an xattr in two spellings always the same is taken.
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
