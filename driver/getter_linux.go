package driver

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	graphdriver "github.com/containers/storage/drivers"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/chain"
	"github.com/composefs-storage/composefs-storage/driver/images"
)

// DiffGetter returns what opens the files of a layer by their names in its tar, for
// tar-split to put the tar together again. A layer that is the copy of a template
// has the template's files, and the template is below it: so those are looked for too.
func (d *Driver) DiffGetter(id string) (graphdriver.FileGetCloser, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.DiffGetter(id)
	}
	return &getter{chain: c, images: map[string]*image{}}, nil
}

// getter opens files of a chain's layers. It is not for concurrent use.
type getter struct {
	chain  chain.Chain
	images map[string]*image // of the layers looked into so far, by ID
}

// image is an open layer image.
type image struct {
	file *os.File
	*erofs.Image
}

// Get opens the regular file with that name in the top-most layer that has it.
func (g *getter) Get(name string) (io.ReadCloser, error) {
	for _, l := range g.chain {
		f, err := g.open(l, name)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("layer %s: entry %q: %w", g.chain[0].ID, name, fs.ErrNotExist)
}

// Close closes the images. What Get returned stays open.
func (g *getter) Close() error {
	var errs []error
	for _, m := range g.images {
		errs = append(errs, m.file.Close())
	}
	return errors.Join(errs...)
}

func (g *getter) open(l chain.Layer, name string) (io.ReadCloser, error) {
	if !l.Composefs {
		return openIn(l.Diffs[0], name)
	}
	m, err := g.image(l)
	if err != nil {
		return nil, err
	}
	n, err := lookup(m.Image, name)
	if err != nil {
		return nil, err
	}
	switch {
	case n.Type() != tree.TypeRegular:
		return nil, fs.ErrNotExist
	case n.Payload == "": // the file is empty, or inline
		return io.NopCloser(strings.NewReader(n.Content)), nil
	}
	return os.Open(filepath.Join(l.Diff(), n.BackingPath()))
}

// openIn opens a regular file in a directory that symlinks do not lead out of, absolute
// ones neither.
func openIn(dir, name string) (*os.File, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	how := unix.OpenHow{Flags: unix.O_RDONLY | unix.O_NONBLOCK | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	fd, err := unix.Openat2(int(d.Fd()), filepath.Clean("/"+name), &how)
	if err != nil {
		return nil, &os.PathError{Op: "openat2", Path: filepath.Join(dir, name), Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, f.Close(), &os.PathError{Op: "open", Path: filepath.Join(dir, name), Err: fs.ErrNotExist})
	}
	return f, nil
}

// image returns the image of a layer, opened when first asked for.
func (g *getter) image(l chain.Layer) (*image, error) {
	if m, ok := g.images[l.ID]; ok {
		return m, nil
	}
	f, img, err := images.Open(l.Blob())
	if err != nil {
		return nil, err
	}
	m := &image{f, img}
	g.images[l.ID] = m
	return m, nil
}

// maxSymlinks is how many symlinks a path may go through: MAXSYMLINKS of Linux.
const maxSymlinks = 40

// lookup finds the inode of an entry of the layer's tar: the path is followed through
// symlinks to directories inside of the layer, as it was when the tar was read.
func lookup(m *erofs.Image, name string) (*tree.Inode, error) {
	todo := strings.Split(filepath.Clean("/"+name), "/")[1:]
	at, links := "", 0
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			at = filepath.Dir("/" + at)[1:]
			continue
		}
		path := filepath.Join(at, next)
		n, err := m.Lookup(path)
		if err != nil || len(todo) == 0 {
			return n, err
		}
		if n.Type() != tree.TypeSymlink {
			at = path
			continue
		}
		if links++; links > maxSymlinks {
			return nil, fs.ErrNotExist
		}
		if strings.HasPrefix(n.Payload, "/") {
			at = ""
		}
		todo = append(strings.Split(n.Payload, "/"), todo...)
	}
	return nil, fs.ErrNotExist
}
