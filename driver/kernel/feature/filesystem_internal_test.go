package feature

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFileSystemToBlame has file systems that lack features on every kernel: the message
// names them and no kernel, also if another process has kept the answer.
func TestFileSystemToBlame(t *testing.T) {
	needs.Root(t)
	for fs, c := range map[string]struct {
		name    string
		lacking []*Feature
	}{
		"tmpfs":   {"tmpfs", []*Feature{FileErofs}},
		"overlay": {"overlayfs", []*Feature{FileErofs, IdmappedErofs, IdmappedDir}},
	} {
		t.Run(fs, func(t *testing.T) {
			base := mounttest.Scratch(t)
			for _, dir := range []string{"lower", "upper", "work", "store"} {
				must(t, os.Mkdir(filepath.Join(base, dir), 0o700))
			}
			options := ""
			if fs == "overlay" {
				options = "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base + "/work"
			}
			dir := filepath.Join(base, "store")
			must(t, unix.Mount(fs, dir, fs, 0, options))
			t.Cleanup(func() { must(t, unix.Unmount(dir, 0)) })
			memory := remember(t)
			for _, lacking := range c.lacking {
				for _, from := range []string{"the kernel", "memory"} {
					f := &Feature{Name: lacking.Name, Since: lacking.Since, probe: lacking.probe, lacking: lacking.lacking}
					err := f.Check(dir)
					if !errors.Is(err, ErrNotSupported) || !strings.HasPrefix(err.Error(), f.Name+" not supported on "+c.name+": ") {
						t.Errorf("from %s: %v", from, err)
					}
				}
			}
			if files, err := os.ReadDir(memory); err != nil || len(files) != len(c.lacking) {
				t.Errorf("kept: %v, %v", files, err)
			}
		})
	}
}

// TestVerityReason has a file system without fs-verity: the message has the reason alone, and not
// the file of the probe.
func TestVerityReason(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	must(t, unix.Mount("tmpfs", dir, "tmpfs", 0, ""))
	t.Cleanup(func() { must(t, unix.Unmount(dir, 0)) })
	f := &Feature{Name: Verity.Name, probe: Verity.probe}
	if err := f.Check(dir); err == nil || strings.Contains(err.Error(), "file:") || !strings.HasPrefix(err.Error(), "fs-verity not supported: the ") {
		t.Errorf("on tmpfs: %v", err)
	}
}
