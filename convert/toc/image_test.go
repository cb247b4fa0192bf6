package toc_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// seeds are valid tables of contents.
var seeds = []string{
	list(),
	list(`{"type":"dir","name":"d/","mode":493,"uid":1,"gid":2,"modtime":"2020-09-13T12:26:40.123456789+02:00"}`,
		`{"type":"reg","name":"d/f","mode":420,"size":5,"digest":"`+digest+`","offset":7,"endOffset":9,"xattrs":{"user.a":"AAE="}}`,
		`{"type":"chunk","name":"d/f","chunkOffset":3}`,
		`{"type":"hardlink","name":"g","linkName":"d/f","mode":384}`),
	list(`{"type":"symlink","name":"l","linkName":"d\/f\u00fc","mode":511,"modtime":"1969-12-31T23:59:59.5Z"}`,
		`{"type":"char","name":"c","devMajor":1,"devMinor":3}`, `{"type":"block","name":"b","devMajor":8}`, `{"type":"fifo","name":"p"}`),
	list(`{"type":"reg","name":"d/.wh.gone"}`, `{"type":"reg","name":"new/.wh..wh..opq","size":5}`, `{"type":"dir","name":"new/../d/gone"}`),
}

// imageOf returns the layer image of a table of contents, nil for an invalid one.
func imageOf(t *testing.T, b []byte, workers int) []byte {
	t.Helper()
	r := bytes.NewReader(b)
	tr, err := toc.Read(t.Context(), r, madeUp, layer.Options{Workers: workers})
	if err != nil {
		return nil
	}
	if r.Len() > 0 {
		t.Fatalf("%d bytes are left unread", r.Len())
	}
	var image bytes.Buffer
	if _, err := erofs.Write(&image, tr, erofs.Options{Format: erofs.Layer}); err != nil {
		var entry *erofs.EntryError
		if !errors.As(err, &entry) {
			t.Errorf("Write: %v", err)
		}
		return nil
	}
	m, err := erofs.Open(bytes.NewReader(image.Bytes()), int64(image.Len()))
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Tree()
	if err != nil {
		t.Fatal(err)
	}
	for d := range tree.Diff(tr, again) {
		t.Errorf("tree and image: %s", d)
	}
	return image.Bytes()
}

// madeUp makes a content for every payload that depends on its path and size only.
func madeUp(payload string, size int64) (verity.Digest, []byte, error) {
	content := append([]byte(payload), make([]byte, tree.InlineMax)...)[:min(size, tree.InlineMax)]
	return verity.Sum(content), content, nil
}
