//go:build linux

package feature

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// firstLazy is the first major release of Linux that may have the bug. The probe runs only there,
// because it makes the kernel drop inodes.
const firstLazy = 7

// LazyVerity returns the feature that overlayfs with verity=require opens a file whose fs-verity digest
// is not in memory. Linux 7.0.1 and some later releases return EIO ("has no fs-verity digest") for all
// images after a reboot. The kernel keeps the digest with the inode, and posix_fadvise(2) drops pages
// only, so the probe calls forget, which makes the kernel drop unused inodes.
//
// It is not for drivers, which change nothing of their machine. A program drops the caches of the
// machine only if its user asks for it.
func LazyVerity(forget func() error) *Feature {
	return &Feature{
		Name: "verity=require for files that were not open before",
		probe: sampled(func(s *sample) error {
			if kernelBefore(firstLazy, 0) {
				return nil
			}
			return s.lazyVerity(forget)
		}),
		cheap: true, // each call is explicit, so the answer is not kept
	}
}

func (s *sample) lazyVerity(forget func() error) error {
	path := filepath.Join(s.objects, tree.ObjectPath(verity.Sum([]byte(externalText))))
	if err := errors.Join(seal(path), forget()); err != nil {
		return err
	}
	p := &mount.Plan{Lowers: []mount.Layer{{Image: s.image}}, Data: []string{s.objects}, Verity: mount.VerityRequire, Metacopy: true}
	return s.try(p, func(s *sample, mnt *os.File) error {
		err := s.readExternal(mnt)
		if errors.Is(err, unix.EIO) {
			return no("it fails with EIO, a bug of Linux 7.0 since commit f77f281b6118")
		}
		return err
	})
}

// seal enables fs-verity on a file and syncs it, so that the kernel can drop its inode.
func seal(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err = enable(f); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// kernelBefore reports whether the kernel is older than a release, or unknown.
func kernelBefore(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return true
	}
	return releaseBefore(unix.ByteSliceToString(u.Release[:]), major, minor)
}

// releaseBefore reports whether the release of a kernel, such as "6.12.57+deb13-amd64", is older than
// another one.
func releaseBefore(release string, major, minor int) bool {
	var has [2]int
	if _, err := fmt.Sscanf(release, "%d.%d", &has[0], &has[1]); err != nil {
		return true
	}
	return has[0] < major || has[0] == major && has[1] < minor
}
