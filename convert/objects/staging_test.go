package objects_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func beginStaged(t *testing.T, p *objects.Pool) *objects.Batch {
	t.Helper()
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// TestStaged places a layer before its commit and another after it.
func TestStaged(t *testing.T) {
	for _, placeFirst := range []bool{false, true} {
		p, dst := open(t), filepath.Join(t.TempDir(), "layer")
		b := beginStaged(t, p)
		staged := b.Staged()
		if info, err := os.Stat(staged); err != nil || info.Mode() != fs.ModeDir|0o700 {
			t.Errorf("staged: %v, %v", info, err)
		}
		d := add(t, b, "content")
		checkContent(t, staged, d, "content")
		steps := []func() error{b.Commit, func() error { return b.Place(dst) }}
		if placeFirst {
			steps[0], steps[1] = steps[1], steps[0]
		}
		for _, step := range append(steps, b.Close) {
			if err := step(); err != nil {
				t.Error(err)
			}
		}
		checkContent(t, dst, d, "content")
		if got := names(t, p)[d].Links; got != 2 {
			t.Errorf("%d links, want that of the pool and that of the layer", got)
		}
		if _, err := os.Lstat(staged); !errors.Is(err, fs.ErrNotExist) || b.Staged() != "" {
			t.Errorf("still staged as %q: %v", b.Staged(), err)
		}
	}
}

// TestStagedClosed checks that Close removes a layer that was not placed, committed or not, and
// that nothing refers to it any more.
func TestStagedClosed(t *testing.T) {
	p := open(t)
	var dirs []string
	for _, commit := range []bool{false, true} {
		b := beginStaged(t, p)
		dirs = append(dirs, b.Staged())
		add(t, b, "content")
		if commit {
			if err := b.Commit(); err != nil {
				t.Error(err)
			}
		}
		for range 2 {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, dir := range dirs {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if got := names(t, p)[verity.Sum([]byte("content"))].Links; got != 1 {
		t.Errorf("%d links, want that of the pool", got)
	}
}

// TestPlaceRefuses checks that Place overwrites nothing but an empty directory, and that Place can
// be called again after a failure.
func TestPlaceRefuses(t *testing.T) {
	p, taken := open(t), t.TempDir()
	file, dst := filepath.Join(taken, "file"), filepath.Join(taken, "layer")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Mkdir(dst, 0o700)); err != nil {
		t.Fatal(err)
	}
	b := beginStaged(t, p)
	add(t, b, "content")
	if err := b.Place(taken); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Place at a directory that is not empty: %v", err)
	}
	if err := b.Place(file); err == nil {
		t.Error("Place at a file: no error")
	}
	if err := b.Place(dst); err != nil {
		t.Error(err)
	}
	if err := b.Place(filepath.Join(taken, "other")); err == nil {
		t.Error("Place again: no error")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(dst); err != nil {
		t.Errorf("Close has removed a layer that was placed: %v", err)
	}
}

// TestCollectStaged checks that one Collect removes a staged layer that a crash has left, and the
// objects that only this layer had.
func TestCollectStaged(t *testing.T) {
	p := open(t)
	b := beginStaged(t, p)
	d := add(t, b, "content")
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(filepath.Dir(b.Staged()), "left", "ab")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := p.Open(d)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Link(f.Name(), filepath.Join(left, "object")), f.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Collect while a layer is staged: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := p.Collect(t.Context(), false); err != nil || c.Objects != 1 {
		t.Errorf("collected %+v, %v", c, err)
	}
	if _, err := os.Lstat(filepath.Dir(left)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the staged layer still exists: %v", err)
	}
}
