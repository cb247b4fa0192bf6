//go:build linux

package feature_test

import (
	"errors"
	"os"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestAll probes all features and leaves nothing behind. The age of the kernel or its configuration must
// explain a missing feature.
func TestAll(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	for _, f := range feature.All() {
		t.Run(f.Name, func(t *testing.T) {
			first, second := f.Check(dir), f.Check(dir)
			t.Logf("%s: %v", f.Name, first)
			switch {
			case first == nil:
			case !errors.Is(first, feature.ErrNotSupported):
				t.Errorf("could not tell: %v", first)
			case f.Since != "" && !needs.Older(t, f.Since):
				t.Errorf("the kernel is new enough, yet %v", first)
			}
			if first != second { //nolint:errorlint // the same error, not an equal one
				t.Errorf("a second time: %v", second)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
	if got := feature.Backing(dir); (got == mount.BackingFile) != feature.FileErofsFlat.Has(dir) {
		t.Errorf("Backing: %v", got)
	}
}

// TestUndecided has a directory in which nothing can be tried: that is not a no, and
// is not remembered.
func TestUndecided(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	for range 2 {
		err := feature.Verity.Check(dir + "/none")
		if err == nil || errors.Is(err, feature.ErrNotSupported) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v", err)
		}
	}
	if err := feature.Verity.Check("/proc"); err == nil || errors.Is(err, feature.ErrNotSupported) {
		t.Errorf("/proc: %v", err)
	}
}
