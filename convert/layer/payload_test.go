package layer_test

import (
	"archive/tar"
	"bytes"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestRawPayload checks for each entry of a tar whether its payload is a file's content.
func TestRawPayload(t *testing.T) {
	sized := func(typeflag byte, name string) layertest.Entry {
		return layertest.Raw(layertest.RawHeader(typeflag, name, 0o755, 700, map[int]string{157: "file"}))
	}
	const sparse, whiteout, size = "is a sparse file", "is a whiteout with a content", "is not a file, but has a size"
	cases := []struct {
		entry     layertest.Entry
		raw, lost string
	}{
		{layertest.File("file", "content"), "", ""},
		{layertest.File("empty", ""), "", ""},
		{layertest.OfType('7', "contiguous", "content"), "", ""},
		{layertest.Dir("dir"), "", ""},
		{layertest.Symlink("symlink", "file"), "", ""},
		{layertest.File(".wh.gone", ""), "", ""},
		{layertest.SparseGNU("gnu", 5000, "data"), sparse, sparse},
		{layertest.SparsePAX01("pax01", 5000, "data"), sparse, sparse},
		{layertest.SparsePAX("pax10", 5000, "data"), sparse, sparse},
		{layertest.SparsePAX("pax10-empty", 0, ""), sparse, sparse},
		{layertest.File("dir/.wh.gone", "content"), whiteout, whiteout},
		{layertest.File(".wh..wh..opq", "content"), whiteout, whiteout},
		{layertest.OfType('0', "./.", "content"), "is the root with a content", "is the root with a content"},
		{sized('1', "link2"), size, size},
		{sized('2', "symlink2"), size, ""},
		{sized('3', "device2"), size, ""},
		{sized('5', "dir2"), size, ""},
		{sized('6', "fifo2"), size, ""},
	}
	var entries []layertest.Entry
	for _, c := range cases {
		entries = append(entries, c.entry)
	}
	i := 0
	added := func(hdr *tar.Header) {
		if raw, lost := layer.RawPayload(hdr), layer.LostPayload(hdr); raw != cases[i].raw || lost != cases[i].lost {
			t.Errorf("%s: %q and %q, want %q and %q", hdr.Name, raw, lost, cases[i].raw, cases[i].lost)
		}
		i++
	}
	_, err := layer.Read(t.Context(), bytes.NewReader(layertest.Tar(entries...)), new(layertest.Contents), layer.Options{Added: added})
	if err != nil || i != len(cases) {
		t.Errorf("%d entries of %d were added, %v", i, len(cases), err)
	}
}
