//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestLargeXattrs makes layers of files with more and more xattrs, on several file systems:
// all are taken, and there is a warning of exactly those that the kernel cannot copy up in
// a container.
func TestLargeXattrs(t *testing.T) {
	for fs, limited := range map[string]bool{"ext4": true, "btrfs": true, "xfs": false} {
		t.Run(fs, func(t *testing.T) {
			t.Setenv("TMPDIR", podman.NewStoreOn(t, fs).Root)
			s := newStore(t, kind{})
			heard, failed := logged(t), 0
			for i, f := range withXattrs() {
				*heard = nil
				s.layer(t, "image", "", layertest.Tar(f, layertest.File("other", "o")))
				err := changeMode(t, s, f.Name)
				switch want := fmt.Sprintf(`layer image: "/%s" has `, f.Name); {
				case err == nil && len(*heard) > 0:
					t.Errorf("%d: warned of what works: %q", i, *heard)
				case err != nil && (len(*heard) != 1 || !strings.Contains((*heard)[0], want)):
					t.Errorf("%d: warnings %q of what says %v", i, *heard, err)
				case err != nil && !errors.Is(err, unix.ENOSPC):
					t.Errorf("%d: %v", i, err)
				}
				if err != nil {
					failed++
				}
				s.remove(t, "image")
			}
			if failed > 0 != limited {
				t.Errorf("%d files could not be changed, so the file system limits xattrs: %t", failed, !limited)
			}
		})
	}
}

// withXattrs returns files with xattrs around the limits of file systems.
func withXattrs() (files []layertest.Entry) {
	for _, size := range []int{100, 1000, 2000, 5000, 10_000, 17_000, 1<<16 - 1} {
		files = append(files, layertest.File("value", "content").Xattr("user.a", strings.Repeat("v", size)))
	}
	for _, count := range []int{5, 20, 60} {
		f := layertest.File("many", "content")
		for i := range count {
			f = f.Xattr(fmt.Sprintf("trusted.%d", i), strings.Repeat("v", 1000))
		}
		files = append(files, f)
	}
	return files
}

// changeMode has a container change the mode of an image's file with xattrs.
func changeMode(t *testing.T, s *store, name string) error {
	t.Helper()
	must(t, s.CreateReadWrite("container", "image", nil))
	defer s.remove(t, "container")
	dir := s.get(t, "container")
	defer s.put(t, "container")
	return unix.Chmod(filepath.Join(dir, name), 0o600)
}
