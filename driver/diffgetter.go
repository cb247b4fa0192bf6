//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// DiffGetter returns an opener of the layer's files by their names in its tar, for
// tar-split to put the tar together again. A layer that is the copy of a template
// has the template's files, and the template is below it: so the getter looks there too.
//
// The getter opens the files that a mount reads, so that "podman system check" and
// "crio check" find the damage that containers meet.
func (d *Driver) DiffGetter(id string) (graphdriver.FileGetCloser, error) {
	c, err := d.chain(id)
	if err != nil {
		return nil, err
	}
	if !c.Composefs() {
		return d.Driver.DiffGetter(id)
	}
	return &getter{chain: c, images: map[string]*image{}, objects: d.newObjects()}, nil
}

// getter opens files of a chain's layers.
type getter struct {
	chain chain.Chain

	mu      sync.Mutex        // tar-split may still call Get when its reader calls Close
	images  map[string]*image // of the layers looked into so far, by ID; nil when it is closed
	objects *objectOpener
}

// image is an open layer image.
type image struct {
	file *os.File
	*erofs.Image
}

// Get opens the file with that name in the top-most layer that has one. All but regular
// files are empty: a tar-split refers to these only if their headers have a size, which no
// payload follows.
func (g *getter) Get(name string) (io.ReadCloser, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.images == nil {
		return nil, fs.ErrClosed
	}
	for _, l := range g.chain {
		f, err := g.open(l, name)
		if !errors.Is(err, errNoEntry) {
			return f, err
		}
	}
	return nil, fmt.Errorf("layer %s: entry %q: %w", g.chain[0].ID, name, fs.ErrNotExist)
}

// errNoEntry means that a layer has no file with a name.
var errNoEntry = errors.New("no such entry")

// Close closes the images and reports damage of the file that was read last: see
// [objectOpener]. What Get returned stays open.
func (g *getter) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.images == nil {
		return nil
	}
	errs := []error{g.objects.Close()}
	for _, m := range g.images {
		errs = append(errs, m.file.Close())
	}
	g.images = nil
	return errors.Join(errs...)
}

func (g *getter) open(l chain.Layer, name string) (io.ReadCloser, error) {
	if !l.Composefs {
		f, err := images.OpenIn(l.Diffs[0], name)
		return f, noEntry(err)
	}
	m, err := g.image(l)
	if err != nil {
		return nil, err
	}
	n, err := images.Lookup(m.Image, name)
	if err != nil {
		return nil, noEntry(err)
	}
	switch {
	case n.Type() == tree.TypeWhiteout:
		return nil, errNoEntry
	case n.Type() != tree.TypeRegular || n.Payload == "" || n.Content != "": // no content, or an inline one
		return io.NopCloser(strings.NewReader(n.Content)), nil
	case n.Digest == nil || m.Format() != erofs.Layer:
		return os.Open(filepath.Join(l.Diff(), n.BackingPath())) // stock mounts read it there
	}
	return g.objects.open(&object{l, name, *n.Digest})
}

// noEntry tells a name that does not exist from other errors.
func noEntry(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errNoEntry
	}
	return err
}

// image returns the image of a layer, opened when first asked for.
func (g *getter) image(l chain.Layer) (*image, error) {
	if m, ok := g.images[l.ID]; ok {
		return m, nil
	}
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return nil, err
	}
	m := &image{f, img}
	g.images[l.ID] = m
	return m, nil
}
