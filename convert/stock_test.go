package convert_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// stockLayer is a layer in the form of stock containers/storage 1.59.1: contents are named by their
// sha256 in the layer's directory, fs-verity digests exist if the file system has fs-verity, and
// whiteouts are files with the names of the tar.
type stockLayer struct {
	lines    []string
	contents map[string]string
	verity   bool
}

func (l *stockLayer) add(path string, mode int, content string) {
	payload, digest := "-", "-"
	if content != "" {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(content)))
		payload = sum[:2] + "/" + sum[2:]
		if l.contents == nil {
			l.contents = map[string]string{}
		}
		l.contents[payload] = content
		if l.verity {
			digest = verity.Sum([]byte(content)).String()
		}
	}
	l.lines = append(l.lines, fmt.Sprintf("%s %d %o 1 0 0 0 0.0 %s - %s\n", path, len(content), mode, payload, digest))
}

// source returns the layer for merging. Adopted contents go to store.
func (l *stockLayer) source(t *testing.T, store *layertest.Contents) convert.Source {
	t.Helper()
	tr, err := dump.Parse(strings.NewReader(strings.Join(l.lines, "")), dump.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	return convert.Source{
		Image: open(t, write(t, tr, erofs.Auto)),
		Adopt: func(payload string, size int64) (verity.Digest, []byte, error) {
			content, ok := l.contents[payload]
			if !ok || int64(len(content)) != size {
				return verity.Digest{}, nil, io.ErrUnexpectedEOF
			}
			d, err := store.Add([]byte(content))
			return d, []byte(content), err
		},
	}
}

const (
	dir  = tree.TypeDir | 0o755
	file = tree.TypeRegular | 0o644
)

// TestStockLayers merges layers of stock containers/storage with a layer of this package on top.
func TestStockLayers(t *testing.T) {
	long := strings.Repeat("long ", 20)
	for _, withVerity := range []bool{false, true} {
		lower, upper := stockLayer{verity: withVerity}, stockLayer{verity: withVerity}
		lower.add("/", dir, "")
		lower.add("/a", file, "small")
		lower.add("/d", dir, "")
		lower.add("/d/long", file, long)
		lower.add("/d/x", file, "x")
		lower.add("/e", dir, "")
		lower.add("/e/old", file, "old")
		lower.add("/g", dir, "")
		lower.add("/g/old", file, "old")
		upper.add("/", dir, "")
		upper.add("/.wh.a", file, "")
		upper.add("/d", dir, "")
		upper.add("/d/.wh.x", file, "")
		upper.add("/d/x", file, "both")
		upper.add("/e", dir, "")
		upper.add("/e/.wh..wh..opq", file, "")
		upper.add("/e/new", file, "new")
		upper.add("/.wh.g", file, "")
		upper.add("/g", dir, "")
		store := new(layertest.Contents)
		ours, err := convertAll(t, store, [][]byte{layertest.Tar(layertest.File("d/top", "top"))}, 0)
		if err != nil {
			t.Fatal(err)
		}
		chain := append([]convert.Source{lower.source(t, store), upper.source(t, store)}, sourcesOf(t, ours)...)
		merged, err := convert.MergeTree(t.Context(), chain, false)
		if err != nil {
			t.Fatal(err)
		}
		want := `d/ d/long=100 d/top="top" d/x="both" e/ e/new="new" g/`
		if got := store.List(merged); got != want {
			t.Errorf("has  %s\nwant %s", got, want)
		}
		e, _ := merged.Lookup("/d/long")
		if d := verity.Sum([]byte(long)); e.Inode.BackingPath() != objects.Path(d) || e.Inode.Digest != d {
			t.Errorf("payload %q, digest %x, want those of %s", e.Inode.Payload, e.Inode.Digest, d)
		}
		if merged.Root.Mode != tree.TypeDir|0o555 {
			t.Errorf("the root has mode %o, though no layer has one", merged.Root.Mode)
		}
	}
}

// TestStockLayersRefused checks the errors for contents that cannot be adopted.
func TestStockLayersRefused(t *testing.T) {
	l := stockLayer{verity: true}
	l.add("/", dir, "")
	l.add("/f", file, "content")
	store := new(layertest.Contents)
	whole := l.source(t, store)
	for _, c := range []struct {
		name  string
		adopt func(string, int64) (verity.Digest, []byte, error)
		want  error
	}{
		{"nobody adopts", nil, convert.ErrAdopt},
		{"missing", func(string, int64) (verity.Digest, []byte, error) { return verity.Digest{}, nil, io.ErrUnexpectedEOF }, io.ErrUnexpectedEOF},
		{"damaged", func(string, int64) (verity.Digest, []byte, error) { return verity.Sum([]byte("evil")), nil, nil }, objects.ErrDamaged},
	} {
		_, err := convert.MergeTree(t.Context(), []convert.Source{{Image: whole.Image, Adopt: c.adopt}}, false)
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), `layer 1: payload "ed/`) {
			t.Errorf("%s: error %v, want %v of layer 1", c.name, err, c.want)
		}
	}
}

// TestStockWhiteoutOfNoName checks that a whiteout of "." is refused, with and without layers
// below.
func TestStockWhiteoutOfNoName(t *testing.T) {
	for _, name := range []string{"/.wh..", "/.wh..."} {
		var l stockLayer
		l.add("/", dir, "")
		l.add(name, file, "")
		chain := []convert.Source{l.source(t, new(layertest.Contents))}
		for _, segment := range []bool{false, true} {
			if _, err := convert.MergeTree(t.Context(), chain, segment); !errors.Is(err, erofs.ErrCorrupt) {
				t.Errorf("%s: error %v, want %v", name, err, erofs.ErrCorrupt)
			}
		}
	}
}

// TestFirstError checks that the error with the first name in breadth-first order is returned, even
// if another one is found first.
func TestFirstError(t *testing.T) {
	good := func(l *stockLayer, at string) {
		for i := range 500 { // the goroutine with less work is earlier
			l.add(fmt.Sprintf("%s/%03d", at, i), file, fmt.Sprint("content ", i))
		}
	}
	for name, c := range map[string]struct {
		lower, upper string // the last entry of each
		want         string
	}{
		"lower directory":           {"/a/bad", "/b/bad", "layer 1: payload"},
		"upper directory":           {"/b/bad", "/a/bad", "layer 2: payload"},
		"lower name":                {"/a/x", "/a/y", "layer 1: payload"},
		"upper name":                {"/a/y", "/a/x", "layer 2: payload"},
		"a file before a directory": {"/a/bad", "/b/.wh..", "layer 1: payload"},
		"a directory before a file": {"/b/bad", "/a/.wh..", "layer 2: corrupt"},
	} {
		for range 5 {
			layers := []*stockLayer{{}, {}}
			var chain []convert.Source
			for i, last := range []string{c.lower, c.upper} {
				l := layers[i]
				l.add("/", dir, "")
				l.add(path.Dir(last), dir, "")
				if last < []string{c.upper, c.lower}[i] {
					good(l, path.Dir(last))
				}
				l.add(last, file, "bad")
				s := l.source(t, new(layertest.Contents))
				adopt := s.Adopt
				s.Adopt = func(payload string, size int64) (d verity.Digest, content []byte, err error) {
					if size == int64(len("bad")) {
						return d, nil, io.ErrUnexpectedEOF
					}
					return adopt(payload, size)
				}
				chain = append(chain, s)
			}
			_, err := convert.MergeTree(t.Context(), chain, false)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%s: error %v, want %s", name, err, c.want)
			}
		}
	}
}
