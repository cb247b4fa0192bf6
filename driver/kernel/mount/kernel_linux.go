package mount

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// kernel contains the abilities of the running kernel. They are probed and never derived from its
// version, because distributions backport features.
type kernel struct {
	layerByLayer bool        // lowerdir+ and datadir+ (6.8)
	layerFiles   bool        // layers as open files (6.13)
	detached     func() bool // layers as detached mounts (6.15); a function, because most plans need no probe
}

// abilities returns the abilities of the kernel, which are the same for the whole process. Tests
// replace it to emulate an older kernel.
var abilities = sync.OnceValue(probe)

// Abilities reports the ways in which this package mounts on the running kernel: whether overlayfs
// takes lower layers one by one, as open files, and as detached mounts. The ways differ only in speed
// and in the mounts that appear for a moment in mountinfo.
func Abilities() (layerByLayer, layerFiles, detached bool) {
	k := abilities()
	return k.layerByLayer, k.layerFiles, k.detached()
}

// probe sets options of overlays without making them. Any error means that the kernel lacks the
// ability: an older way is taken, which reports other errors.
func probe() kernel {
	k := kernel{detached: func() bool { return false }}
	root, err := openPath("/")
	if err != nil {
		return k
	}
	defer root.Close() //nolint:errcheck // O_PATH
	if takes(option{"no such option", "/"}) {
		return k // before Linux 6.5 options are stored, and checked when the overlay is made
	}
	k.layerByLayer = takes(option{"lowerdir+", "/"}, option{"datadir+", "/"})
	k.layerFiles = k.layerByLayer && takes(option{"lowerdir+", root}, option{"datadir+", root})
	if k.layerFiles {
		k.detached = sync.OnceValue(takesDetached)
	}
	return k
}

// TakesVerity reports whether overlayfs has the option verity (Linux 6.6).
func TakesVerity() bool {
	return !takes(option{"no such option", "/"}) && takes(option{"verity", "require"})
}

func takes(options ...option) bool {
	c, err := newContext("overlay")
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // nothing is written
	return c.set(options...) == nil
}

// takesDetached makes a detached overlay of two detached, empty tmpfs. The kernel clones the layers
// when it makes the overlay, so setting the options is not enough to find out.
func takesDetached() bool {
	var options []option
	for range 2 {
		mnt, err := emptyMount()
		if err != nil {
			return false
		}
		defer mnt.Close() //nolint:errcheck // O_PATH
		options = append(options, option{"lowerdir+", mnt})
	}
	c, err := newContext("overlay")
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // nothing is written
	err = c.set(options...)
	if err == nil {
		err = unix.FsconfigCreate(int(c.Fd()))
	}
	return err == nil
}

func emptyMount() (*os.File, error) {
	c, err := newContext("tmpfs")
	if err != nil {
		return nil, err
	}
	mnt, err := c.mount(ReadOnly)
	return mnt, errors.Join(err, c.Close())
}
