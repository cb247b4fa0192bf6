package mount

import (
	"os"
	"testing"
)

// TestScratch makes a directory where the usual place is missing, as in an initramfs.
func TestScratch(t *testing.T) {
	t.Setenv("TMPDIR", "/nonexistent")
	dir, err := scratchDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Error(err)
	}
}
