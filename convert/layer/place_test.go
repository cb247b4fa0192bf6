package layer_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// places is a store that records the offsets of contents.
type places struct {
	store
	at func(offset, size int64) (layer.Store, error)
}

func (p places) At(offset, size int64) (layer.Store, error) { return p.at(offset, size) }

// TestStoreByPlace checks the offset of each content, and that it goes to the store that At
// returned.
func TestStoreByPlace(t *testing.T) {
	want := []string{"a", strings.Repeat("b", 1000), strings.Repeat("c", 300_000), "a"}
	l := layertest.Tar(layertest.Dir("d"), layertest.File("a", want[0]), layertest.File("empty", ""), layertest.File("d/b", want[1]),
		layertest.Link("l", "a"), layertest.File(strings.Repeat("long", 60), want[2]), layertest.File("d/a", want[3]))
	var got []string
	s := places{at: func(offset, size int64) (layer.Store, error) {
		content := string(l[offset : offset+size])
		got = append(got, content)
		return store{add: func(b []byte) error {
			if string(b) != content {
				return errors.New("another content")
			}
			return nil
		}}, nil
	}}
	if _, err := layer.Read(t.Context(), bytes.NewReader(l), s, layer.Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%d contents, want %d, or others", len(got), len(want))
	}
	odd := errors.New("odd place")
	s.at = func(int64, int64) (layer.Store, error) { return nil, odd }
	if _, err := layer.Read(t.Context(), bytes.NewReader(l), s, layer.Options{}); !errors.Is(err, odd) {
		t.Errorf("error %v", err)
	}
}
