//go:build linux

package driver

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/message"
)

// roots are the layers of a chain as directories, top first. Images are detached mounts, in which
// files have metadata but no contents.
type roots struct {
	list  []string
	files []*os.File
	names []string // pairs: a prefix in list and the path of the image, for messages
}

// open adds parts of a chain.
func (d *Driver) open(r *roots, list []part) error {
	for _, p := range list {
		if !p.Composefs() {
			r.list = append(r.list, p.Top().Diffs...)
			continue
		}
		img, err := d.imageOf(p)
		if err != nil {
			return err
		}
		if err := r.mount(img.Path, d.mountRoot); err != nil {
			return err
		}
	}
	return nil
}

// mountRoot makes a detached mount of an image, which no other process uses.
func (d *Driver) mountRoot(path string) (*os.File, error) {
	img := &mount.Image{Path: path, Backing: d.abilities().backing}
	if d.abilities().served {
		return holder.Mount(img, holder.Place{Stores: []string{string(d.runRoot), d.root()}})
	}
	return mount.Erofs(img)
}

// mount adds an image as a detached mount.
func (r *roots) mount(path string, mount func(path string) (*os.File, error)) error {
	root, err := mount(path)
	if err != nil {
		return err
	}
	r.files = append(r.files, root)
	name := fmt.Sprintf("/proc/self/fd/%d", root.Fd())
	r.list = append(r.list, name)
	r.names = append(r.names, name+"/", path+":/")
	return nil
}

// named returns err with the paths of images instead of those of their mounts.
func (r *roots) named(err error) error { return message.Rename(err, r.names...) }

// Close unmounts the images.
func (r *roots) Close() error {
	var errs []error
	for _, f := range r.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(errs...)
}
