package feature

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/mount"
)

// firstLazy is the first major release of Linux that may have the bug. Only there it is
// looked for: the file has to be driven out of memory for that, and everything else that
// is not in use goes with it.
const firstLazy = 7

// lazyVerity opens a file whose fs-verity digest is not in memory.
func lazyVerity(s *sample) error {
	if major, err := kernelMajor(); err != nil || major < firstLazy {
		return err
	}
	return s.lazyVerity()
}

func (s *sample) lazyVerity() error {
	path := filepath.Join(s.objects, tree.ObjectPath(verity.Sum([]byte(externalText))))
	if err := sealAndForget(path); err != nil {
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

// sealAndForget enables fs-verity on a file and has the kernel forget the file.
func sealAndForget(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = enable(f)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("2"), 0) // directories and inodes
}

func kernelMajor() (major int, err error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return 0, err
	}
	_, err = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.", &major)
	return major, err
}
