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

// firstLazy is the first major release of Linux that may have the bug. Only there it is
// looked for, for which the kernel has to drop inodes.
const firstLazy = 7

// LazyVerity returns the feature that verity=require lets files be opened whose fs-verity
// digest is not in memory. Linux 7.0.1 and some that follow say EIO then ("has no fs-verity digest"),
// for all images after a reboot. The digest stays with the inode in memory, and
// posix_fadvise(2) drops a file's pages only. So the bug shows when the kernel has dropped
// the inode, and forget is called to have it drop those that are not in use.
//
// It is not for drivers, which change nothing of their machine: only somebody who has asked
// for it may have the kernel drop its caches.
func LazyVerity(forget func() error) *Feature {
	return &Feature{
		Name: "verity=require for files that were not open before",
		probe: sampled(func(s *sample) error {
			if major, err := kernelMajor(); err != nil || major < firstLazy {
				return err
			}
			return s.lazyVerity(forget)
		}),
		cheap: true, // it is asked for, and not kept
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
			return no("the kernel says EIO of it: the bug that commit f77f281b6118 brought into Linux 7.0")
		}
		return err
	})
}

// seal enables fs-verity on a file, which then is on the disk: the kernel can drop it.
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

func kernelMajor() (major int, err error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.", &major)
	return major, err
}
