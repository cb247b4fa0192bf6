package floor

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// layer returns a tar of files, and that compressed.
func layer(t *testing.T, files ...string) (plain, packed []byte) {
	t.Helper()
	var b, z bytes.Buffer
	w := tar.NewWriter(&b)
	for i, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	zw := gzip.NewWriter(&z)
	if _, err := zw.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), z.Bytes()
}

func digest(b []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(b)) }

// serve serves an image of two layers, and in place of the second blob the answer that a test
// wants.
func serve(t *testing.T, second func([]byte) []byte) (image string) {
	t.Helper()
	long := strings.Repeat("long", inMemory)
	plain1, packed1 := layer(t, "one", "two", "", long)
	plain2, packed2 := layer(t, "two", "three", long)
	config := fmt.Appendf(nil, `{"rootfs": {"diff_ids": [%q, %q]}}`, digest(plain1), digest(plain2))
	manifest := fmt.Appendf(nil, `{"config": {"digest": %q}, "layers": [{"digest": %q}, {"digest": %q}]}`,
		digest(config), digest(packed1), digest(packed2))
	mux := http.NewServeMux()
	for path, body := range map[string][]byte{
		"manifests/latest": manifest, "blobs/" + digest(config): config,
		"blobs/" + digest(packed1): packed1, "blobs/" + digest(packed2): second(packed2),
	} {
		mux.HandleFunc("/v2/image/"+path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://") + "/image"
}

// TestPull checks that each content is stored once, under both names.
func TestPull(t *testing.T) {
	dir := t.TempDir()
	if err := Pull(t.Context(), serve(t, func(b []byte) []byte { return b }), dir); err != nil {
		t.Fatal(err)
	}
	for _, half := range []string{"a", "b"} {
		found, err := filepath.Glob(filepath.Join(dir, half, "*", "*"))
		if err != nil || len(found) != 4 {
			t.Errorf("%d files in %s, want 4 (%v)", len(found), half, err)
		}
	}
	sum := sha256.Sum256([]byte("three"))
	got, err := os.ReadFile(filepath.Join(dir, "b", fmt.Sprintf("%02x", sum[0]), fmt.Sprintf("%x", sum[1:])))
	if err != nil || string(got) != "three" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestPullFails checks that the floor verifies its pulls.
func TestPullFails(t *testing.T) {
	_, other := layer(t, "another one")
	for name, second := range map[string]func([]byte) []byte{
		"another layer": func([]byte) []byte { return other },
		"truncated":     func(b []byte) []byte { return b[:len(b)-10] },
		"longer":        func(b []byte) []byte { return append(bytes.Clone(b), 0) },
	} {
		if err := Pull(t.Context(), serve(t, second), t.TempDir()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
