//go:build linux

package e2e_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestSameSees changes one thing at a time: it must be seen, unless it is what may
// differ from the plain driver.
func TestSameSees(t *testing.T) {
	needs.Root(t)
	for name, c := range map[string]struct {
		change func(dir string) error
		seen   bool
	}{
		"nothing":                       {func(string) error { return nil }, false},
		"time of a directory":           {func(d string) error { return os.Chtimes(filepath.Join(d, "dir"), time.Unix(5, 0), time.Unix(5, 0)) }, false},
		"mode of an implied directory":  {func(d string) error { return os.Chmod(filepath.Join(d, "implied"), 0o700) }, false},
		"owner of an implied directory": {func(d string) error { return os.Lchown(filepath.Join(d, "implied"), 1, 1) }, false},
		"time of a file":                {func(d string) error { return os.Chtimes(filepath.Join(d, "dir/f"), time.Unix(5, 0), time.Unix(5, 0)) }, true},
		"mode of a directory":           {func(d string) error { return os.Chmod(filepath.Join(d, "dir"), 0o700) }, true},
		"owner of the root":             {func(d string) error { return os.Lchown(d, 1, 1) }, true},
		"content":                       {func(d string) error { return os.WriteFile(filepath.Join(d, "dir/f"), []byte("g"), 0o600) }, true},
		"name added to an implied one":  {func(d string) error { return os.WriteFile(filepath.Join(d, "implied/.wh.f"), nil, 0o600) }, true},
		"name gone":                     {func(d string) error { return os.Remove(filepath.Join(d, "dir/f")) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			err := errors.Join(os.Mkdir(filepath.Join(dir, "dir"), 0o755), os.Mkdir(filepath.Join(dir, "implied"), 0o755),
				os.WriteFile(filepath.Join(dir, "dir/f"), []byte("f"), 0o600))
			if err != nil {
				t.Fatal(err)
			}
			before := readTree(t, dir)
			if err := c.change(dir); err != nil {
				t.Fatal(err)
			}
			if found := differences(before, readTree(t, dir), "/implied"); len(found) > 0 != c.seen {
				t.Errorf("differences: %v", found)
			}
		})
	}
}
