package differ

import (
	"archive/tar"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// Plain returns a layer without what the compressor refuses, second entries of a name
// and global headers, and without what a table of contents cannot hold: names that are
// not UTF-8, and xattrs in libarchive's form.
func Plain(t testing.TB, l []byte) []byte {
	t.Helper()
	seen := map[string]bool{}
	l, err := ociimage.Rewrite(l, func(hdr *tar.Header) bool {
		name := path.Clean(hdr.Name)
		if seen[name] || hdr.Typeflag == tar.TypeXGlobalHeader || !utf8.ValidString(hdr.Name+hdr.Linkname) {
			return false
		}
		seen[name] = true
		for key := range hdr.PAXRecords {
			if strings.HasPrefix(key, "LIBARCHIVE.xattr.") {
				delete(hdr.PAXRecords, key)
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
