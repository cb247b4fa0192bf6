package objects_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// stockLayer returns a layer's directory with files that do not have names of objects.
func stockLayer(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// adoptAll adopts files in a batch for dir and commits it.
func adoptAll(t *testing.T, p *objects.Pool, dir string, files map[string]string) objects.Stats {
	t.Helper()
	b, err := p.Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		d, content, err := b.Adopt(name, int64(len(want)))
		if err != nil || d != verity.Sum([]byte(want)) {
			t.Errorf("Adopt %s: %s, %v", name, d, err)
		}
		if len(want) > 64 {
			want = ""
		}
		if string(content) != want {
			t.Errorf("Adopt %s returns %d bytes, want %d", name, len(content), len(want))
		}
	}
	if err := errors.Join(b.Commit(), b.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Stats()
}

func sameFile(t *testing.T, a, b string) bool {
	t.Helper()
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if err := errors.Join(errX, errY); err != nil {
		t.Fatal(err)
	}
	return os.SameFile(x, y)
}

// TestAdopt adopts files twice. The pool must have links to these files, and the layer both names
// of each and nothing else.
func TestAdopt(t *testing.T) {
	files := map[string]string{
		"aa/small": strings.Repeat("s", 64),
		"bb/65":    strings.Repeat("s", 65),
		"deep/er":  strings.Repeat("stream", 100_000),
		"twice/a":  "the same",
		"twice/b":  "the same",
	}
	p, dir := open(t), stockLayer(t, files)
	if got := adoptAll(t, p, dir, files); got.Files != 5 || got.New != 4 {
		t.Errorf("%+v", got)
	}
	if got := adoptAll(t, p, dir, files); got.Files != 5 || got.New != 0 {
		t.Errorf("again: %+v", got)
	}
	for name, content := range files {
		d := verity.Sum([]byte(content))
		checkContent(t, dir, d, content)
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != content {
			t.Errorf("%s is now %d bytes, %v", name, len(got), err)
		}
		if !strings.HasPrefix(name, "twice") && !sameFile(t, filepath.Join(dir, name), filepath.Join(dir, objects.Path(d))) {
			t.Errorf("%s was copied", name)
		}
		if got := names(t, p)[d]; got != (objects.Info{Size: int64(len(content)), Links: 3}) {
			t.Errorf("%s: the pool has %+v, want 3 links: its name, the layer's, its own", name, got)
		}
	}
	checkNoTemporaries(t, dir)
	checkSound(t, p)
}

// TestAdoptKnown checks that the layer gets the pool's object if the pool has the content.
func TestAdoptKnown(t *testing.T) {
	p := open(t)
	first := layer(t, p, func(b *objects.Batch) { add(t, b, "known") })
	files := map[string]string{"aa/known": "known"}
	dir := stockLayer(t, files)
	if got := adoptAll(t, p, dir, files); got.New != 0 || got.Saved() != 5 {
		t.Errorf("%+v", got)
	}
	name := objects.Path(verity.Sum([]byte("known")))
	if !sameFile(t, filepath.Join(first, name), filepath.Join(dir, name)) {
		t.Error("the layer's object is not the pool's")
	}
}

// TestAdoptAgain checks that an uncommitted adoption can be repeated, and that a file may have its
// object's name already.
func TestAdoptAgain(t *testing.T) {
	d := verity.Sum([]byte("content"))
	files := map[string]string{"aa/x": "content", objects.Path(d): "content"}
	for _, name := range []string{"aa/x", objects.Path(d)} {
		p, dir := open(t), stockLayer(t, files)
		b, err := p.Begin(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Adopt(name, 7); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil || len(names(t, p)) > 0 {
			t.Errorf("not committed: %v, the pool has %v", err, names(t, p))
		}
		adoptAll(t, p, dir, map[string]string{name: "content"})
		if got := names(t, p)[d].Links; got != 2 {
			t.Errorf("%s: the pool's object has %d links, want its own and the layer's", name, got)
		}
		checkNoTemporaries(t, dir)
	}
}

// TestAdoptTooManyLinks uses up the links of the file, then those of the pool's object.
func TestAdoptTooManyLinks(t *testing.T) {
	for _, full := range []string{"adopt", "link"} {
		p, content := open(t), strings.Repeat("content", 10)
		layer(t, p, func(b *objects.Batch) {
			if full == "link" {
				add(t, b, content)
			}
		})
		p.SetFault(func(step string) error {
			if step == full {
				return unix.EMLINK
			}
			return nil
		})
		files := map[string]string{"aa/x": content}
		dir := stockLayer(t, files)
		adoptAll(t, p, dir, files)
		p.SetFault(nil)
		d := verity.Sum([]byte(content))
		object := filepath.Join(dir, objects.Path(d))
		checkContent(t, dir, d, content)
		if same := sameFile(t, object, filepath.Join(dir, "aa/x")); same != (full == "link") {
			t.Errorf("%s: the object is the file: %v", full, same)
		}
		f, err := p.Open(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil || !sameFile(t, object, f.Name()) {
			t.Errorf("%s: the pool's object is not the layer's, %v", full, err)
		}
	}
}

// TestAdoptRefuses gives Adopt names outside of the layer, and files that are not regular or have
// another size.
func TestAdoptRefuses(t *testing.T) {
	p, dir := open(t), stockLayer(t, map[string]string{"layer/aa/x": "content", "outside": "content"})
	outside, dir := filepath.Join(dir, "outside"), filepath.Join(dir, "layer")
	if err := errors.Join(
		os.Symlink("aa/x", filepath.Join(dir, "link")),
		os.Symlink("aa", filepath.Join(dir, "dirlink")),
		os.Symlink(outside, filepath.Join(dir, "out")),
		unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	b, err := p.Begin(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // nothing to commit
	for _, tc := range []struct {
		payload string
		size    int64
		want    error
	}{
		{"aa/x", 0, objects.ErrEmpty},
		{"aa/x", 6, nil},
		{"aa/x", 8, nil},
		{"aa/x", -1, nil},
		{"aa/missing", 7, fs.ErrNotExist},
		{outside, 7, fs.ErrInvalid},
		{"../outside", 7, fs.ErrInvalid},
		{"aa/../aa/x", 7, fs.ErrInvalid},
		{"", 7, fs.ErrInvalid},
		{"link", 7, unix.ELOOP},
		{"dirlink/x", 7, unix.ELOOP},
		{"out", 7, unix.ELOOP},
		{"aa", 4096, nil},
		{"fifo", 7, nil},
	} {
		if _, _, err := b.Adopt(tc.payload, tc.size); err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("Adopt %q with %d bytes: %v, want %v", tc.payload, tc.size, err, tc.want)
		}
	}
	if err := b.Commit(); err != nil || len(names(t, p)) > 0 {
		t.Errorf("%v, the pool has %v", err, names(t, p))
	}
	if _, content, err := b.Adopt("aa/x", 7); err != nil || !bytes.Equal(content, []byte("content")) {
		t.Errorf("the right one: %q, %v", content, err)
	}
}

// TestAdoptStaged adopts files of a staged layer. A content of the pool must not take space twice,
// and a file with other links must not become an object.
func TestAdoptStaged(t *testing.T) {
	p, layer := open(t), t.TempDir()
	adopted, other := strings.Repeat("known", 100), strings.Repeat("other", 100)
	adoptAll(t, p, stockLayer(t, map[string]string{"known": adopted}), map[string]string{"known": adopted})
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // closed below
	dir := b.Staged()
	elsewhere := filepath.Join(t.TempDir(), "other")
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "a"), []byte(adopted), 0),
		os.WriteFile(filepath.Join(dir, "b"), []byte(adopted), 0),
		os.WriteFile(elsewhere, []byte(other), 0o644),
		os.Link(elsewhere, filepath.Join(dir, "c")))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a": adopted, "b": adopted, "c": other} {
		for range 2 {
			if _, _, err := b.Adopt(name, int64(len(content))); err != nil {
				t.Fatal(err)
			}
		}
	}
	dst := filepath.Join(layer, "diff")
	if err := errors.Join(b.Commit(), b.Place(dst), b.Close()); err != nil {
		t.Fatal(err)
	}
	object := func(content string) string { return filepath.Join(dst, objects.Path(verity.Sum([]byte(content)))) }
	for _, name := range []string{"a", "b"} {
		if !sameFile(t, filepath.Join(dst, name), object(adopted)) {
			t.Errorf("%s is a copy of its object", name)
		}
	}
	if sameFile(t, elsewhere, object(other)) {
		t.Error("a file from elsewhere has become an object")
	}
	if !sameFile(t, elsewhere, filepath.Join(dst, "c")) {
		t.Error("the layer's name of it is another file now")
	}
	checkNoTemporaries(t, dst)
}
