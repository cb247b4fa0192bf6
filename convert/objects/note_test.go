package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// orphan adds an object whose layer is removed without a trace. Only a search of the whole pool finds
// it.
func orphan(t *testing.T, p *objects.Pool) {
	t.Helper()
	if err := os.RemoveAll(layer(t, p, func(b *objects.Batch) { add(t, b, "orphan") })); err != nil {
		t.Fatal(err)
	}
}

// left checks that a pool has only these objects, and no note.
func left(t *testing.T, p *objects.Pool, contents ...string) {
	t.Helper()
	all := names(t, p)
	for _, content := range contents {
		if _, ok := all[verity.Sum([]byte(content))]; !ok {
			t.Errorf("%q was removed", content)
		}
	}
	if len(all) != len(contents) {
		t.Errorf("the pool has %d objects, want %q", len(all), contents)
	}
	checkNoted(t, p, false)
}

// busy calls fn while a batch is open.
func busy(t *testing.T, p *objects.Pool, fn func()) {
	t.Helper()
	b := beginStaged(t, p)
	fn()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNoteNames notes garbage in a busy pool twice. The next release, or the next tidying, removes all
// that was noted and nothing else.
func TestNoteNames(t *testing.T) {
	for _, tidy := range []bool{false, true} {
		p := open(t)
		orphan(t, p)
		kept := layer(t, p, func(b *objects.Batch) { add(t, b, "shared") })
		busy(t, p, func() {
			for _, content := range []string{"one", "two"} {
				dir := layer(t, p, func(b *objects.Batch) { add(t, b, content); add(t, b, "shared") })
				b := beginStaged(t, p)
				image := addImage(t, b, "image of "+content)
				linkImage(t, b, image, filepath.Join(dir, "merged.blob"))
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				if _, err := p.Release(t.Context(), removed(t, dir), []verity.Digest{image}); !errors.Is(err, objects.ErrBusy) {
					t.Fatalf("Release in a busy pool: %v", err)
				}
			}
		})
		checkNoted(t, p, true)
		want := objects.Collected{Objects: 2, Images: 2, Bytes: 6 + 24}
		if !tidy {
			release(t, p, nil, nil, want)
		} else if c, err := p.Tidy(t.Context()); err != nil || c != want {
			t.Errorf("Tidy: %+v, %v, want %+v", c, err, want)
		}
		left(t, p, "orphan", "shared")
		checkContent(t, kept, verity.Sum([]byte("shared")), "shared")
	}
}

// TestNoteBroken has notes that do not name the garbage. The next release searches the whole
// pool.
func TestNoteBroken(t *testing.T) {
	d := verity.Sum([]byte("x"))
	whole := "objects/" + objects.Path(d) + "\n"
	for name, text := range map[string]string{
		"empty": "", "zeros": "\x00\x00", "cut": whole + whole[:20], "another pool": "objects/" + d.String()[1:] + "\n",
		"an image": "images/" + d.String() + "\nimages/\n", "at unknown places": "*\n", "above": "objects/../lock\n",
	} {
		for _, file := range []string{"garbage", "garbage.taken"} {
			p := open(t)
			orphan(t, p)
			if err := os.WriteFile(filepath.Join(filepath.Dir(p.ImagesDir()), file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Release(t.Context(), nil, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			left(t, p)
		}
	}
}

// TestNoteTaken has a collector take the note between the opening of the file and the write. The
// garbage must be noted nevertheless.
func TestNoteTaken(t *testing.T) {
	p := open(t)
	orphan(t, p)
	other, err := objects.Open(filepath.Dir(p.ImagesDir()), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() //nolint:errcheck // nothing is written
	gone := removed(t, layer(t, p, func(b *objects.Batch) { add(t, b, "gone") }))
	p.SetFault(func(string) error {
		p.SetFault(nil)
		_, err := other.Release(t.Context(), nil, nil)
		return err
	})
	if err := p.NoteUnlinked(gone, nil); err != nil {
		t.Fatal(err)
	}
	checkNoted(t, p, true)
	if _, err := p.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := names(t, p); len(all) > 0 { // an empty note was taken, so the orphan is gone too
		t.Errorf("the pool has %v", all)
	}
}

// TestNoteFullDisk notes garbage without room for its names, and then with room. The next release
// searches the whole pool.
func TestNoteFullDisk(t *testing.T) {
	p := open(t)
	gone := removed(t, layer(t, p, func(b *objects.Batch) { add(t, b, "gone") }))
	if err := p.NoteUnlinked([]verity.Digest{verity.Sum(nil)}, nil); err != nil {
		t.Fatal(err)
	}
	p.SetFault(func(step string) error {
		if step == "write" {
			return errBroken
		}
		return nil
	})
	if err := p.NoteUnlinked(gone, nil); err != nil {
		t.Fatal(err)
	}
	p.SetFault(nil)
	if err := p.NoteUnlinked([]verity.Digest{verity.Sum(nil)}, nil); err != nil {
		t.Fatal(err)
	}
	release(t, p, nil, nil, objects.Collected{Objects: 1, Bytes: 4})
	left(t, p)
}

// TestNoteEmptyEnds ends a release of names that has taken an empty note. The next release still searches
// the whole pool.
func TestNoteEmptyEnds(t *testing.T) {
	p := open(t)
	orphan(t, p)
	gone := removed(t, layer(t, p, func(b *objects.Batch) { add(t, b, "gone") }))
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.ImagesDir()), "garbage"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	count := 1
	if _, err := p.Release(spying{t.Context(), &count, func() error { return errBroken }}, gone, nil); !errors.Is(err, errBroken) {
		t.Fatalf("Release: %v", err)
	}
	release(t, p, nil, nil, objects.Collected{Objects: 2, Bytes: 10})
	left(t, p)
}

// TestTidyLeftovers tidies after a killed pull, whose objects have names in the staging area and in the
// pool, and is itself ended at every instant. Objects without a trace stay.
func TestTidyLeftovers(t *testing.T) {
	ends := 0
	for count := 0; count <= 0; ends++ {
		p := open(t)
		pool := filepath.Dir(p.ImagesDir())
		orphan(t, p)
		layer(t, p, func(b *objects.Batch) { add(t, b, "shared") })
		for _, staged := range []string{"staging/1", "staging/2/diff"} { // a pull, and an exchanged layer
			dir := layer(t, p, func(b *objects.Batch) { add(t, b, staged); add(t, b, "shared") })
			place := filepath.Join(pool, staged)
			if err := errors.Join(os.MkdirAll(filepath.Dir(place), 0o700), os.Rename(dir, place)); err != nil {
				t.Fatal(err)
			}
		}
		b := beginStaged(t, p)
		addImage(t, b, "image")
		if err := os.WriteFile(filepath.Join(pool, "objects", ".tmp-1"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		busy(t, p, func() { _ = b.Close() }) // the image becomes garbage that is noted
		count = ends + 1
		_, err := p.Tidy(spying{t.Context(), &count, func() error { return errBroken }})
		if errors.Is(err, errBroken) != (count <= 0) {
			t.Errorf("Tidy: %v", err)
		}
		if objects.Untidy(pool) != (err != nil) {
			t.Errorf("after an end with %v: traces: %t", err, err == nil)
		}
		if _, err := p.Tidy(t.Context()); err != nil || len(images(t, p)) > 0 {
			t.Errorf("%v, the pool has %v", err, images(t, p))
		}
		left(t, p, "orphan", "shared")
		if files, err := os.ReadDir(filepath.Join(pool, "staging")); err != nil || len(files) > 0 {
			t.Errorf("staging: %v, %v", files, err)
		}
		if _, err := os.Lstat(filepath.Join(pool, "objects", ".tmp-1")); err == nil {
			t.Error("a temporary name is left")
		}
	}
	if ends < 5 {
		t.Errorf("only %d instants", ends)
	}
}
