//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"golang.org/x/sys/unix"
)

// TestCleanupStaging cleans up a staged layer that is gone because it was applied, and one of
// another driver.
func TestCleanupStaging(t *testing.T) {
	s := newStore(t, kind{})
	d := s.Driver.(graphdriver.DriverWithDiffer)
	if err := d.CleanupStagingDirectory(s.path("root", "gone", "dir")); err != nil {
		t.Errorf("a layer that is gone: %v", err)
	}
	file := s.path("root", "file")
	must(t, os.WriteFile(file, nil, 0o600))
	if err := d.CleanupStagingDirectory(filepath.Join(file, "dir")); !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("a layer in a file: %v, want ENOTDIR", err)
	}
}
