package blob_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"testing"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// rawPayloads returns tars with payloads that are not the content of the file with that
// name, and the payloads. Each tar has files before and behind them.
func rawPayloads() map[string]struct {
	tar     []byte
	payload string
} {
	type odd = struct {
		tar     []byte
		payload string
	}
	with := func(payload string, e layertest.Entry) odd {
		return odd{layertest.Tar(layertest.File("before", "before"), layertest.File("d/target", "target"), e, layertest.File("behind", "behind")), payload}
	}
	sized := func(typeflag byte) layertest.Entry {
		return layertest.Raw(layertest.RawHeader(typeflag, "odd", 0o644, 700, map[int]string{157: "d/target"}))
	}
	data := strings.Repeat("payload", 100)
	return map[string]odd{
		"old GNU sparse":          with(data, layertest.SparseGNU("odd", 5000, data)),
		"PAX sparse 0.1":          with(data, layertest.SparsePAX01("odd", 5000, data)),
		"PAX sparse 1.0":          with(data, layertest.SparsePAX("odd", 5000, data)),
		"PAX sparse, no hole":     with(data, layertest.SparsePAX("odd", 0, data)),
		"whiteout with a content": with(data, layertest.File("d/.wh.odd", data)),
		"opaque with a content":   with(data, layertest.File("d/.wh..wh..opq", data)),
		"root with a content":     with(data, layertest.OfType('0', "./.", data)),
		"sparse whiteout":         with(data, layertest.SparsePAX(".wh.odd", 5000, data)),
		"symlink with a size":     with("", sized('2')),
		"hard link with a size":   with("", sized('1')),
		"directory with a size":   with("", sized('5')),
		"fifo with a size":        with("", sized('6')),
	}
}

// TestRawPayloads reads tars with raw payloads. The tar-split makes the tar again, from the
// files that a layer has; it has the raw payloads itself, but no content of a file.
func TestRawPayloads(t *testing.T) {
	for name, odd := range rawPayloads() {
		if err := read(t, &server{blob: odd.tar}, true, odd.tar); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		segments, files := entriesOf(t, odd.tar)
		if !strings.Contains(segments, odd.payload) || strings.Contains(segments, "behind\x00behind") || files["behind"] != 6 {
			t.Errorf("%s: %d bytes of segments, files %v", name, len(segments), files)
		}
		for file, size := range files {
			if size > 0 && path.Base(file) != "before" && path.Base(file) != "behind" && path.Base(file) != "target" {
				t.Errorf("%s: the tar-split asks for %q", name, file)
			}
		}
	}
}

// TestContiguous checks that the content of a contiguous file is not in the tar-split: it
// is the file's.
func TestContiguous(t *testing.T) {
	plain := layertest.Tar(layertest.OfType('7', "f", strings.Repeat("content", 1000)))
	if err := read(t, &server{blob: plain}, true, plain); err != nil {
		t.Error(err)
	}
	if segments, files := entriesOf(t, plain); strings.Contains(segments, "content") || files["f"] != 7000 {
		t.Errorf("%d bytes of segments, files %v", len(segments), files)
	}
}

// TestLongPayloads checks that a tar with too much in raw payloads is refused, so that it
// is read the ordinary way, and that one with large files is not.
func TestLongPayloads(t *testing.T) {
	long := strings.Repeat("long", blob.PayloadMax/4+1)
	for _, c := range []struct {
		entry layertest.Entry
		want  error
	}{
		{layertest.File("d/long", long), nil},
		{layertest.OfType('7', "long", long), nil},
		{layertest.File("d/.wh.long", long), blob.ErrPayload},
		{layertest.SparsePAX("long", 5000, long), blob.ErrPayload},
	} {
		plain := layertest.Tar(c.entry)
		if err := read(t, &server{blob: plain}, true, plain); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", plain[:20], err, c.want)
		}
	}
}

// entriesOf returns the segments of a tar's tar-split, joined, and the sizes of its files.
func entriesOf(t *testing.T, plain []byte) (segments string, files map[string]int64) {
	t.Helper()
	files = map[string]int64{}
	for u := storage.NewJSONUnpacker(bytes.NewReader(splitOf(t, plain))); ; {
		e, err := u.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return segments, files
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == storage.SegmentType {
			segments += string(e.Payload)
		} else {
			files[e.GetName()] = e.Size
		}
	}
}

// splitOf returns the tar-split that Read writes.
func splitOf(t testing.TB, plain []byte) []byte {
	t.Helper()
	var split bytes.Buffer
	src := blob.Source{Fetch: (&server{blob: plain}).fetch, Size: int64(len(plain))}
	_, err := blob.Read(context.Background(), src, digest.FromBytes(plain), &split, layer.Entries.Rest)
	if err != nil {
		t.Fatal(err)
	}
	return split.Bytes()
}

// fileOf reports whether a layer has a file with the name and the content of an entry.
func fileOf(h *tar.Header) bool {
	name := path.Clean("/" + h.Name)
	return (h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeCont || h.Typeflag == tar.TypeGNUSparse) &&
		name != "/" && !strings.HasPrefix(path.Base(name), ".wh.")
}
