package blob_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// layerAndSplit returns a tar, its files and its tar-split.
func layerAndSplit(t *testing.T) (layer []byte, files map[string]string, split []byte) {
	t.Helper()
	files = map[string]string{"a": "content of a", "dir/b": strings.Repeat("b", 100_000), "empty": "", "c": "c"}
	var b, packed bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"a", "dir/b", "empty", "c"} {
		err := w.WriteHeader(&tar.Header{Name: name, Size: int64(len(files[name])), Mode: 0o644, Typeflag: tar.TypeReg})
		if err == nil {
			_, err = io.WriteString(w, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b.Write(make([]byte, 3000)) // padding
	z := gzip.NewWriter(&packed)
	in, err := asm.NewInputTarStream(bytes.NewReader(b.Bytes()), storage.NewJSONPacker(z), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), files, packed.Bytes()
}

// namedFile is a file that has a method for its name.
type namedFile struct {
	io.Reader
	name string
}

func (namedFile) Close() error { return nil }

// original opens the tar of which these are the files.
func original(t *testing.T, files map[string]string, split []byte) *blob.Original {
	t.Helper()
	o, err := blob.NewOriginal(bytes.NewReader(split), func(name string) (io.ReadCloser, error) {
		content, ok := files[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return namedFile{strings.NewReader(content), name}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

// TestOriginal has the bytes of the tar, and its digest.
func TestOriginal(t *testing.T) {
	layer, files, split := layerAndSplit(t)
	o := original(t, files, split)
	got, err := io.ReadAll(o)
	if err != nil || !bytes.Equal(got, layer) || o.DiffID() != digest.FromBytes(layer) {
		t.Errorf("%d bytes of %d, %v, digest %s", len(got), len(layer), err, o.DiffID())
	}
}

// TestOriginalContent finds the file of each content, before it is read and afterwards.
func TestOriginalContent(t *testing.T) {
	for _, ahead := range []int{0, 1 << 20} { // bytes that are read before anybody asks
		_, files, split := layerAndSplit(t)
		o := original(t, files, split)
		var first bytes.Buffer
		if _, err := io.CopyN(&first, o, int64(ahead)); err != nil && err != io.EOF { //nolint:errorlint // an error that wraps it is no end
			t.Fatal(err)
		}
		at := &position{r: io.MultiReader(&first, o)}
		r := tar.NewReader(at)
		for {
			hdr, err := r.Next()
			if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if hdr.Size == 0 {
				continue
			}
			f, err := o.Content(at.n, hdr.Size)
			if named, ok := f.(namedFile); err != nil || !ok || named.name != hdr.Name {
				t.Errorf("content of %s: %v, %v", hdr.Name, f, err)
			}
			if f, err := o.Content(at.n, hdr.Size); f != nil || err != nil {
				t.Errorf("content of %s, again: %v, %v", hdr.Name, f, err)
			}
		}
	}
}

// TestOriginalPayloads makes tars with raw payloads again: from our tar-split, and from
// that of containers/storage if it is possible.
func TestOriginalPayloads(t *testing.T) {
	files := map[string]string{"before": "before", "d/target": "target", "behind": "behind"}
	for name, odd := range rawPayloads() {
		for writer, split := range map[string][]byte{"ours": splitOf(t, odd.tar), "stock": describe(t, odd.tar).split} {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			if _, err := z.Write(split); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(original(t, files, packed.Bytes()))
			if writer == "stock" && (odd.payload != "" || strings.HasPrefix(name, "hard link")) {
				if lost := (*blob.LostPayload)(nil); !errors.As(err, &lost) || !strings.Contains(lost.Name, "odd") && !strings.Contains(lost.Name, ".") {
					t.Errorf("%s, %s: %v", name, writer, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(got, odd.tar) {
				t.Errorf("%s, %s: %d bytes of %d, %v", name, writer, len(got), len(odd.tar), err)
			}
		}
	}
}

// position counts the bytes read.
type position struct {
	r io.Reader
	n int64
}

func (p *position) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.n += int64(n)
	return n, err
}

// TestOriginalDamaged finds files that are missing, shorter or other than they were.
func TestOriginalDamaged(t *testing.T) {
	for content, want := range map[string]string{"-": `entry "a": file does not exist`, "content": `entry "a": 5 bytes are missing`, "Content of a": "checksum"} {
		_, files, split := layerAndSplit(t)
		if files["a"] = content; content == "-" {
			delete(files, "a")
		}
		if _, err := io.Copy(io.Discard, original(t, files, split)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", content, err, want)
		}
	}
	_, files, split := layerAndSplit(t)
	if _, err := io.Copy(io.Discard, original(t, files, split[:len(split)/2])); err == nil {
		t.Error("half a tar-split is read without an error")
	}
}
