//go:build linux

package stock_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/stock"
)

func TestMain(m *testing.M) { stock.Main(m) }

// layer writes a tar. Headers without a type are regular files without content.
func layer(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// BenchmarkApply measures the cost of a layer.
func BenchmarkApply(b *testing.B) {
	s := stock.New(b)
	l := layer(b, tar.Header{Name: "f", Mode: 0o644})
	for b.Loop() {
		if _, err := s.Try(b, l); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCleanUp checks that nothing is left of a store, mounts least of all, and that
// a refusal names the layer.
func TestCleanUp(t *testing.T) {
	var dir string
	t.Run("store", func(t *testing.T) {
		s := stock.New(t)
		dir = s.Apply(t, layer(t, tar.Header{Name: "f", Mode: 0o644}), layer(t, tar.Header{Name: "g", Mode: 0o644}))
		for _, name := range []string{"f", "g"} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
		_, err := s.Try(t, layer(t), layer(t, tar.Header{Name: "a", Typeflag: tar.TypeLink, Linkname: "missing"}))
		var refusal *stock.Refusal
		if !errors.As(err, &refusal) || refusal.Layer != 1 {
			t.Errorf("a link to nothing: %v", err)
		}
	})
	home := filepath.Dir(filepath.Dir(dir))
	if _, err := os.Lstat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", home, err)
	}
	if err := unix.Unmount(home, 0); err == nil {
		t.Errorf("%s was mounted", home)
	}
}
