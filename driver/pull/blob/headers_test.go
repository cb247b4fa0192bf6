package blob_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// TestHeaders compares the headers that are read from a tar-split with those of the tar.
func TestHeaders(t *testing.T) {
	layer, _, split := layerAndSplit(t)
	var want, got []*tar.Header
	for r := tar.NewReader(bytes.NewReader(layer)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, h)
	}
	err := blob.Headers(bytes.NewReader(split), func(h *tar.Header) error {
		got = append(got, h)
		return nil
	})
	if err != nil || len(want) != 4 || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	enough := errors.New("enough")
	if err := blob.Headers(bytes.NewReader(split), func(*tar.Header) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	if err := blob.Headers(bytes.NewReader(split[:len(split)/2]), func(*tar.Header) error { return nil }); err == nil {
		t.Error("half of a tar-split: no error")
	}
}
