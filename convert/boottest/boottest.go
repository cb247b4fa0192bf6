// Package boottest has container images for bootable hosts, and the repositories and digests that
// composefs-rs 0.9.0 made of them. Only tests import it.
package boottest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// vectors is a tar. NAME.oci is an image in an OCI layout, NAME.ALGORITHM.repo the repository with it,
// and digests.txt has the image digests.
//
//go:embed vectors.tar.zst
var vectors []byte

// Image is a container image.
type Image struct {
	Name   string
	Layers [][]byte // tars, the bottom one first

	// Digests are the image digests in hexadecimal digits, by algorithm and form: "sha256 oci",
	// "sha512 bootable".
	Digests map[string]string
}

// Images returns all images.
func Images(t testing.TB) (images []Image) {
	t.Helper()
	dir := Unpack(t)
	for _, name := range []string{"plain", "selinux"} {
		images = append(images, Image{name, layers(t, filepath.Join(dir, name+".oci")), digests(t, dir, name)})
	}
	return images
}

// Unpack unpacks the vectors and returns the directory.
func Unpack(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	z, err := zstd.NewReader(bytes.NewReader(vectors))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "vectors")
		}
		if err == nil {
			err = unpack(filepath.Join(dir, h.Name), h, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpack(name string, h *tar.Header, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return os.MkdirAll(name, 0o755)
	case tar.TypeSymlink:
		return os.Symlink(h.Linkname, name)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

// layers returns the layers of the image in an OCI layout.
func layers(t testing.TB, layout string) (tars [][]byte) {
	t.Helper()
	type descriptor struct{ Digest string }
	var index struct{ Manifests []descriptor }
	var manifest struct{ Layers []descriptor }
	blob := func(d descriptor) string {
		return filepath.Join(layout, "blobs", strings.ReplaceAll(d.Digest, ":", "/"))
	}
	readJSON(t, filepath.Join(layout, "index.json"), &index)
	readJSON(t, blob(index.Manifests[0]), &manifest)
	for _, d := range manifest.Layers {
		z, err := gzip.NewReader(bytes.NewReader(read(t, blob(d))))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		tars = append(tars, content)
	}
	return tars
}

// digests returns the rows of digests.txt for an image.
func digests(t testing.TB, dir, name string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for line := range strings.Lines(string(read(t, filepath.Join(dir, "digests.txt")))) {
		if words := strings.Fields(line); len(words) >= 4 && words[0] == name {
			all[words[1]+" "+words[2]] = words[3]
		}
	}
	return all
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(read(t, name), v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
