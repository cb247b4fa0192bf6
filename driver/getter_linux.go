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
		return images.OpenIn(l.Diffs[0], name)
	}
	m, err := g.image(l)
	if err != nil {
		return nil, err
	}
	n, err := images.Lookup(m.Image, name)
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
