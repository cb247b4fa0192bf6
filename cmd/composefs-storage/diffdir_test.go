package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// TestDiffDirDiscard undoes the directory after it was published, as happens if the
// image cannot get its name afterwards.
func TestDiffDirDiscard(t *testing.T) {
	for _, tc := range []struct {
		name string
		mode os.FileMode // of an existing directory; 0 for none
	}{
		{"absent", 0},
		{"empty", 0o710},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "diff")
			if tc.mode != 0 {
				if err := os.Mkdir(path, tc.mode); err != nil {
					t.Fatal(err)
				}
			}
			diff, err := newDiffDir(path)
			if err != nil {
				t.Fatal(err)
			}
			publishContent(t, diff, filepath.Join(dir, "pool"))
			if names, err := os.ReadDir(path); err != nil || len(names) != 1 {
				t.Fatalf("published: %v, %v, want one directory", names, err)
			}
			diff.discard()
			info, err := os.Stat(path)
			switch {
			case tc.mode == 0 && !os.IsNotExist(err):
				t.Errorf("discarded: %v, %v, want nothing", info, err)
			case tc.mode != 0 && (err != nil || info.Mode().Perm() != tc.mode):
				t.Errorf("discarded: %v, %v, want mode %v", info, err, tc.mode)
			}
			if names, err := os.ReadDir(path); len(names) > 0 {
				t.Errorf("discarded: %v, %v, want nothing in it", names, err)
			}
		})
	}
}

// publishContent makes a directory with one object in it.
func publishContent(t *testing.T, diff *diffDir, poolDir string) {
	t.Helper()
	pool, err := objects.Open(poolDir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close() //nolint:errcheck // nothing was written through it
	batch, err := pool.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Close() //nolint:errcheck // committed
	if _, err := batch.Add([]byte("content")); err != nil {
		t.Fatal(err)
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := diff.publish(batch); err != nil {
		t.Fatal(err)
	}
}
