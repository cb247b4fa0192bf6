package generated

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// image has two layers, the second of which has a name of the first again.
func image(t *testing.T, size int) (m Image) {
	t.Helper()
	for layer := range 2 {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := writeDirs(w, "dir", fmt.Sprintf("dir/%d", layer)); err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			content := strings.Repeat(fmt.Sprintf("%d %d\n", layer, i), size)[:size]
			if err := writeFile(w, fmt.Sprintf("dir/%d/%d", layer, i), []byte(content)); err != nil {
				t.Fatal(err)
			}
		}
		if err := writeFile(w, "dir/.wh.gone", nil); err != nil {
			t.Fatal(err)
		}
		m = append(m, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
	}
	return m
}

// files returns the contents of a layer by name, and checks that each name comes once, after its
// directory.
func files(t *testing.T, layer []byte) map[string]string {
	t.Helper()
	found := map[string]string{}
	dirs := map[string]bool{".": true}
	for tr := tar.NewReader(bytes.NewReader(layer)); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		parent := "."
		if i := strings.LastIndex(name, "/"); i > 0 {
			parent = name[:i]
		}
		if _, again := found[name]; again || dirs[name] || !dirs[parent] {
			t.Fatalf("%s comes again, or before %s", name, parent)
		}
		if h.Typeflag == tar.TypeDir {
			dirs[name] = true
			continue
		}
		b, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(b)
	}
}

// twice returns what a function writes, and checks that it writes the same again.
func twice(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := write(b); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the layer is another one the second time")
	}
	return one.Bytes()
}

// TestHuge checks the sizes, and that the one file has the contents of the image, from the beginning
// again where they end.
func TestHuge(t *testing.T) {
	from := image(t, 1000)
	layer := twice(t, func(w io.Writer) error { return Huge(w, from, 110_500, 100_000) })
	found := files(t, layer)
	rest := 0
	for name, content := range found {
		if name != "one" {
			rest += len(content)
		}
	}
	one := found["one"]
	if rest != 10_500 || len(one) != 100_000 {
		t.Errorf("one file of %d bytes, and others of %d", len(one), rest)
	}
	if one[:1000] != found["dir/0/0"] || one[80_000:81_000] != found["dir/0/0"] || !strings.HasPrefix(one[40_000:], "1 0\n") {
		t.Error("the file is not the files of both layers")
	}
	if at := bytes.Index(layer, []byte("one\x00")); at < 5000 || at > 12_000 {
		t.Errorf("the file begins at %d of %d, not in the middle of the others", at, len(layer))
	}
	if err := Huge(io.Discard, image(t, 0), 100, 50); !errors.Is(err, errEmpty) {
		t.Errorf("%v", err)
	}
}

// TestTiny checks the number and lengths of files, and how many of their contents are the same.
func TestTiny(t *testing.T) {
	from := image(t, longest-2)
	found := files(t, twice(t, func(w io.Writer) error { return Tiny(w, from, 320) }))
	contents := map[string]int{}
	for name, content := range found {
		contents[content]++
		if len(content) > longest {
			t.Errorf("%s has %d bytes", name, len(content))
		}
	}
	// 80 of the image; of 240 others, 80 are these again.
	if len(found) != 320 || len(contents) != 80+160 {
		t.Errorf("%d files with %d contents, want 320 with 240", len(found), len(contents))
	}
	if err := Tiny(io.Discard, image(t, longest+1), 10); !errors.Is(err, errEmpty) {
		t.Errorf("%v", err)
	}
}
