package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestName gives second names to new objects and to those that the pool had, and again when no link
// can be made.
func TestName(t *testing.T) {
	p := open(t)
	layer(t, p, func(b *objects.Batch) { add(t, b, "known") })
	for _, full := range []bool{false, true} {
		p.SetFault(func(step string) error {
			if step == "name" && full {
				return unix.EMLINK
			}
			return nil
		})
		contents := map[string]string{"00/known": "known", "ff/new": "new", "ff/large": strings.Repeat("large", 100_000)}
		dir := layer(t, p, func(b *objects.Batch) {
			for name, content := range contents {
				d := add(t, b, content)
				size := int64(len(content))
				if err := errors.Join(b.Name(d, size, name), b.Name(d, size, name)); err != nil {
					t.Error(err)
				}
			}
		})
		for name, content := range contents {
			d := verity.Sum([]byte(content))
			checkContent(t, dir, d, content)
			if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != content {
				t.Errorf("%s has %d bytes, want %d: %v", name, len(got), len(content), err)
			}
			if same := sameFile(t, filepath.Join(dir, name), filepath.Join(dir, objects.Path(d))); same == full {
				t.Errorf("%s is a link: %t", name, same)
			}
		}
		checkNoTemporaries(t, dir)
		checkSound(t, p)
	}
}

// TestNameRefused names missing objects, and gives invalid names.
func TestNameRefused(t *testing.T) {
	p := open(t)
	layer(t, p, func(b *objects.Batch) {
		d := add(t, b, "content")
		if err := b.Name(verity.Sum([]byte("missing")), 7, "aa/missing"); !errors.Is(err, unix.ENOENT) {
			t.Errorf("of no object: %v", err)
		}
		for _, name := range []string{"", "a", "xy/name", "/aa/name"} {
			if err := b.Name(d, 7, name); err == nil {
				t.Errorf("%q: no error", name)
			}
		}
	})
}
