package chunked_test

import (
	"archive/tar"
	"bytes"
	"io"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// plain returns a layer without what the compressor refuses, second entries of a name
// and global headers, and without what a table of contents cannot hold: names that are
// not UTF-8, and xattrs in libarchive's form.
func plain(t *testing.T, l []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	seen := map[string]bool{}
	for r := tar.NewReader(bytes.NewReader(l)); ; {
		hdr, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name := path.Clean(hdr.Name)
		if seen[name] || hdr.Typeflag == tar.TypeXGlobalHeader || !utf8.ValidString(hdr.Name+hdr.Linkname) {
			continue
		}
		seen[name] = true
		for key := range hdr.PAXRecords {
			if strings.HasPrefix(key, "LIBARCHIVE.xattr.") {
				delete(hdr.PAXRecords, key)
			}
		}
		hdr.Format = tar.FormatPAX
		if err := w.WriteHeader(hdr); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
