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

// TestFileSystemToBlame has file systems from which no kernel mounts EROFS images: the message
// names them and no kernel, also if another process has kept the answer.
func TestFileSystemToBlame(t *testing.T) {
	needs.Root(t)
	for fs, name := range map[string]string{"tmpfs": "tmpfs", "overlay": "overlayfs"} {
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
			for _, from := range []string{"the kernel", "memory"} {
				f := &Feature{Name: FileErofs.Name, Since: FileErofs.Since, probe: FileErofs.probe, backed: FileErofs.backed}
				err := f.Check(dir)
				if !errors.Is(err, ErrNotSupported) || !strings.HasPrefix(err.Error(), "EROFS from a file not supported on "+name+": ") {
					t.Errorf("from %s: %v", from, err)
				}
			}
			if files, err := os.ReadDir(memory); err != nil || len(files) != 1 {
				t.Errorf("kept: %v, %v", files, err)
			}
		})
	}
}
