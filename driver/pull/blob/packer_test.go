package blob

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/vbatts/tar-split/tar/storage"
)

// FuzzPacker compares with the packer of tar-split.
func FuzzPacker(f *testing.F) {
	for _, name := range []string{"", "a", "dir/ä€", "<&>\"\\\n\x7f\u2028", "not UTF-8: \xff", ".", "a/../a"} {
		f.Add(name, int64(0), []byte(nil), "a")
		f.Add(name, int64(7), []byte("12345678"), "b")
	}
	f.Fuzz(func(t *testing.T, name string, size int64, payload []byte, next string) {
		var got, want bytes.Buffer
		ours, theirs := storage.Packer(newPacker(&got)), storage.NewJSONPacker(&want)
		for i, e := range []storage.Entry{{Type: storage.SegmentType, Payload: payload}, {Type: storage.FileType, Size: size, Payload: payload}, {Type: storage.FileType}} {
			e.SetName([]string{"", name, next}[i])
			n, err := ours.AddEntry(e)
			n2, err2 := theirs.AddEntry(e)
			if n != n2 || !errors.Is(err, err2) {
				t.Errorf("%d, %v, want %d, %v", n, err, n2, err2)
			}
		}
		if got.String() != want.String() {
			t.Errorf("%q, want %q", &got, &want)
		}
	})
}

// TestPackerFails checks that the error of a writer comes out, and that the entry is not counted.
func TestPackerFails(t *testing.T) {
	r, w := io.Pipe()
	_ = r.Close()
	p := newPacker(w)
	for range 2 {
		if n, err := p.AddEntry(storage.Entry{Type: storage.SegmentType}); n != -1 || !errors.Is(err, io.ErrClosedPipe) || p.position != 0 {
			t.Errorf("position %d, %v, next %d", n, err, p.position)
		}
	}
}
