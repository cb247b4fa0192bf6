package chunked_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"testing"

	"github.com/containers/storage/pkg/chunked/compressor"
	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// blob is a layer as zstd:chunked.
type blob struct {
	data        []byte
	annotations map[string]string
}

// compress has containers/storage compress a layer. The error is one that it has with
// the layer.
func compress(l []byte) (blob, error) {
	b := blob{annotations: map[string]string{}}
	var out bytes.Buffer
	level := 1
	w, err := compressor.ZstdCompressor(&out, b.annotations, &level)
	if err != nil {
		return b, err
	}
	if _, err := io.Copy(w, bytes.NewReader(l)); err != nil {
		return b, err
	}
	err = w.Close()
	b.data = out.Bytes()
	if err == nil && b.annotations[position] == "" {
		err = io.ErrUnexpectedEOF // which the compressor keeps to itself
	}
	return b, err
}

// position is where a manifest says where the table of contents is.
const position = "io.github.containers.zstd-chunked.manifest-position"

// toc returns the table of contents.
func (b blob) toc(t *testing.T) []byte {
	t.Helper()
	var offset, size, uncompressed, kind int
	if _, err := fmt.Sscanf(b.annotations[position], "%d:%d:%d:%d", &offset, &size, &uncompressed, &kind); err != nil {
		t.Fatalf("position %q: %v", b.annotations[position], err)
	}
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	table, err := d.DecodeAll(b.data[offset:offset+size], nil)
	if err != nil || len(table) != uncompressed {
		t.Fatalf("%d bytes of a table of contents, want %d: %v", len(table), uncompressed, err)
	}
	return table
}

// files are contents by the names that stock containers/storage gives them in a layer's
// directory.
type files map[string]string

// filesOf returns the contents of a tar, up to where it ends or is none.
func filesOf(l []byte) files {
	f := files{}
	for r := tar.NewReader(bytes.NewReader(l)); ; {
		if _, err := r.Next(); err != nil {
			return f
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return f
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(content))
		f[sum[:2]+"/"+sum[2:]] = string(content)
	}
}

// adopt is a toc.Adopt that keeps nothing.
func (f files) adopt(payload string, size int64) (verity.Digest, []byte, error) {
	content, ok := f[payload]
	if !ok || int64(len(content)) != size {
		return verity.Digest{}, nil, fmt.Errorf("no file %s of %d bytes", payload, size)
	}
	return verity.Sum([]byte(content)), []byte(content), nil
}
