package mount

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// kernel says what the running kernel can, found by trying and never from its
// version: distributions backport.
type kernel struct {
	layerByLayer bool        // lowerdir+ and datadir+ (6.8)
	layerFiles   bool        // layers as open files (6.13)
	detached     func() bool // layers that are detached mounts (6.15); most plans have none, and trying takes mounts
}

// abilities returns what the kernel can. Tests replace it by one that can less.
var abilities = sync.OnceValue(probe)

// Abilities says by which of its ways this package mounts on the running kernel:
// whether overlayfs takes lower layers one by one, as open files, and as detached
// mounts. Nothing depends on it but speed and the noise in mountinfo.
func Abilities() (layerByLayer, layerFiles, detached bool) {
	k := abilities()
	return k.layerByLayer, k.layerFiles, k.detached()
}

// probe tries options on overlays that are never made. An error means "no": then an
// older way is taken, and what is really wrong shows there.
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

func takes(options ...option) bool {
	c, err := newContext("overlay")
	if err != nil {
		return false
	}
	defer c.Close() //nolint:errcheck // nothing is written
	return c.set(options...) == nil
}

// takesDetached makes an overlay, and mounts it nowhere, of two empty tmpfs that are
// not mounted anywhere either. The layers are cloned when the overlay is made, so it
// takes that to know.
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
