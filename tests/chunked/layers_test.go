package chunked_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// lost contains the facts about odd layers that a table of contents lacks: the differences in
// the image of it. Stock containers/storage refuses the first, since it compares the
// table with the headers of the tar. The other two it takes, but has no use for such
// records in any layer.
var lost = map[string]string{
	"odd bytes in names":                 "/non\ufffdutf8\ufffd: entry - != present\n/non\xffutf8\x80: entry present != -",
	"xattrs in libarchive's form":        `/f: xattr user.a b "value" != -`,
	"damaged xattr in libarchive's form": `error <nil>, of the tar entry "f": PAX record "LIBARCHIVE.xattr.user.a": illegal base64 data at input byte 0`,
}

// TestUgly converts every odd layer that the compressor takes, from the tar and from
// the table of contents.
func TestUgly(t *testing.T) {
	compared := 0
	for _, c := range layertest.Ugly() {
		t.Run(c.Name, func(t *testing.T) {
			for _, l := range c.Layers {
				b, err := differ.Compress(l)
				if err != nil {
					t.Logf("the compressor refuses it: %v", err)
					continue
				}
				compared++
				if found := compare(t, l, b.TOC(t)); found != lost[c.Name] {
					t.Errorf("different: %q\nwant: %q", found, lost[c.Name])
				}
			}
		})
	}
	if compared < 100 {
		t.Errorf("only %d layers could be compared", compared)
	}
}

// TestRandomImages converts the layers of random images both ways.
func TestRandomImages(t *testing.T) {
	for seed := range uint64(100) {
		for i, l := range ociimage.Random(seed).Layers {
			l = differ.Plain(t, l)
			b, err := differ.Compress(l)
			if err != nil {
				t.Fatal(err)
			}
			if found := compare(t, l, b.TOC(t)); found != "" {
				t.Fatalf("different: %s\nseed %d, layer %d:\n%s", found, seed, i, ociimage.List(l))
			}
		}
	}
}

// compare returns the differences if a table of contents is converted instead of a
// tar, the image or the error. Nothing means that every byte is the same.
func compare(t *testing.T, l, table []byte) string {
	t.Helper()
	want, wantErr := fromTar(t, l)
	got, err := fromTOC(t, l, table)
	switch {
	case wantErr != nil && err != nil && err.Error() == "table of contents: "+wantErr.Error():
		return ""
	case wantErr != nil || err != nil:
		return fmt.Sprintf("error %v, of the tar %v", err, wantErr)
	case bytes.Equal(want, got):
		return ""
	}
	found := []string{}
	for d := range tree.Diff(open(t, want), open(t, got)) {
		found = append(found, d.String())
	}
	if len(found) == 0 {
		return "bytes of the image"
	}
	return strings.Join(found, "\n")
}

func fromTar(t *testing.T, l []byte) ([]byte, error) {
	t.Helper()
	var b bytes.Buffer
	_, err := convert.Layer(t.Context(), bytes.NewReader(l), new(layertest.Contents), &b, layer.Options{})
	return b.Bytes(), err
}

// fromTOC converts a table of contents. It checks that the number of workers decides
// nothing.
func fromTOC(t *testing.T, l, table []byte) (image []byte, err error) {
	t.Helper()
	contents := filesOf(l)
	for i, workers := range []int{0, 1, 8} {
		var b bytes.Buffer
		_, e := convert.FromTOC(t.Context(), bytes.NewReader(table), contents.adopt, &b, layer.Options{Workers: workers})
		switch {
		case i == 0:
			image, err = b.Bytes(), e
		case !bytes.Equal(image, b.Bytes()) || (err == nil) != (e == nil):
			return nil, errors.New("the number of workers decides")
		}
	}
	return image, err
}

func open(t *testing.T, image []byte) *tree.Tree {
	t.Helper()
	m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := m.Tree()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
