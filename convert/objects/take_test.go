package objects_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestTake makes objects of files outside of the layer: by a link, by a copy if the file has other
// users or can take no more links, and not at all if the pool has the content.
func TestTake(t *testing.T) {
	dir := t.TempDir()
	p, err := objects.Open(filepath.Join(dir, "pool"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing is written through it
	open := func(name, content string) (*os.File, verity.Digest, int64) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o4755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() }) //nolint:errcheck // open for reading
		return f, verity.Sum([]byte(content)), int64(len(content))
	}
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // nothing to commit
	for _, c := range []struct {
		name, content string
		alone         bool
		fault         error // of the link to the file
		want          objects.Taken
	}{
		{"own", strings.Repeat("own", 100), true, nil, objects.TakenLinked},
		{"shared", strings.Repeat("shared", 100), false, nil, objects.TakenCopied},
		{"again", strings.Repeat("own", 100), true, nil, objects.TakenHad},
		{"all links taken", strings.Repeat("full", 100), true, unix.EMLINK, objects.TakenCopied},
	} {
		f, d, size := open(c.name, c.content)
		p.SetFault(func(step string) error {
			if step == "adopt" {
				return c.fault
			}
			return nil
		})
		got, err := b.Take(f, d, size, c.alone)
		if err != nil || got != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
		object, err := os.Stat(filepath.Join(b.Staged(), objects.Path(d)))
		if err != nil {
			t.Fatal(err)
		}
		file, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if os.SameFile(object, file) != (c.want == objects.TakenLinked) {
			t.Errorf("%s: the object is the file: %v", c.name, os.SameFile(object, file))
		}
	}
	if f, _, size := open("false", "another content"); true {
		if _, err := b.Take(f, verity.Sum(nil), size, false); err == nil {
			t.Error("a copy with another digest is taken")
		}
	}
	if _, err := b.Take(nil, verity.Digest{}, 0, true); err == nil {
		t.Error("an empty file is taken")
	}
	if s := b.Stats(); s.Files != 4 || s.New != 3 || s.Objects != 3 {
		t.Errorf("stats: %+v", s)
	}
	if err := b.Commit(); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}

	// Only the file that is linked still has its object.
	reader, err := objects.OpenReadOnly(filepath.Join(dir, "pool"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // open for reading
	want := objects.Collected{Objects: 2, Bytes: 1000}
	if c, busy, err := reader.Garbage(t.Context()); err != nil || busy || c != want {
		t.Errorf("garbage: %+v, %v, %v, want %+v", c, busy, err, want)
	}
	if c, err := p.Collect(t.Context(), false); err != nil || c != want {
		t.Errorf("collected: %+v, %v, want %+v", c, err, want)
	}
}
