package differ

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/containers/storage/pkg/chunked/compressor"
	"github.com/klauspost/compress/zstd"
)

// Chunked is a layer as zstd:chunked.
type Chunked struct {
	Data        []byte
	Annotations map[string]string
}

// Compress has containers/storage compress a layer to zstd:chunked. The error is one that it
// has with the layer.
func Compress(layer []byte) (Chunked, error) {
	c := Chunked{Annotations: map[string]string{}}
	var out bytes.Buffer
	level := 1
	w, err := compressor.ZstdCompressor(&out, c.Annotations, &level)
	if err != nil {
		return c, err
	}
	if _, err := io.Copy(w, bytes.NewReader(layer)); err != nil {
		return c, err
	}
	err = w.Close()
	c.Data = out.Bytes()
	if err == nil && c.Annotations[position] == "" {
		err = io.ErrUnexpectedEOF // which the compressor keeps to itself
	}
	return c, err
}

// position is the annotation of a manifest with the place of the table of contents.
const position = "io.github.containers.zstd-chunked.manifest-position"

// TOC returns the table of contents.
func (c Chunked) TOC(t testing.TB) []byte {
	t.Helper()
	var offset, size, uncompressed, kind int
	if _, err := fmt.Sscanf(c.Annotations[position], "%d:%d:%d:%d", &offset, &size, &uncompressed, &kind); err != nil {
		t.Fatalf("position %q: %v", c.Annotations[position], err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	table, err := d.DecodeAll(c.Data[offset:offset+size], nil)
	if err != nil || len(table) != uncompressed {
		t.Fatalf("%d bytes of a table of contents, want %d: %v", len(table), uncompressed, err)
	}
	return table
}
