package origin_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/origin"
)

// open opens an origin until the test ends.
func open(t *testing.T, name string) *origin.Origin {
	t.Helper()
	o, err := origin.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// check compares a layer with its tar.
func check(t *testing.T, what string, l origin.Layer, want []byte) {
	t.Helper()
	r, err := l.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, want %d: %v", what, len(got), len(want), err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// TestOpen reads the layers of images in OCI layouts, and layer tars, compressed and not.
func TestOpen(t *testing.T) {
	layouts := boottest.Unpack(t)
	for _, image := range boottest.Images(t) {
		o := open(t, "oci:"+filepath.Join(layouts, image.Name+".oci"))
		if len(o.Layers) != len(image.Layers) {
			t.Fatalf("%s: %d layers, want %d", image.Name, len(o.Layers), len(image.Layers))
		}
		for i, l := range o.Layers {
			check(t, image.Name, l, image.Layers[i])
			sum := sha256.Sum256(image.Layers[i])
			if l.DiffID != "sha256:"+hex.EncodeToString(sum[:]) || l.Digest == "" || l.Digest == l.DiffID {
				t.Errorf("%s: diffID %s, digest %s", image.Name, l.DiffID, l.Digest)
			}
		}
	}
	tar := boottest.Images(t)[0].Layers[0]
	var compressed bytes.Buffer
	z := gzip.NewWriter(&compressed)
	if _, err := z.Write(tar); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"layer.tar": tar, "layer.tar.gz": compressed.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		o := open(t, path)
		if len(o.Layers) != 1 || o.Layers[0].DiffID != "" {
			t.Fatalf("%s: %+v", name, o.Layers)
		}
		check(t, name, o.Layers[0], tar)
	}
}

// TestOpenFails opens missing files and images. Errors name them.
func TestOpenFails(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, name := range []string{missing, "oci:" + missing, "oci-archive:" + missing, "docker-archive:" + missing, "docker:not a reference"} {
		if _, err := origin.Open(t.Context(), name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
