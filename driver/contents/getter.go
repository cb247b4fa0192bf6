//go:build linux

package contents

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Getter opens files of a chain's layers by their names in the tars. Its methods may be called
// concurrently. It takes the lock of the pool, shared, if it restores an object.
type Getter struct {
	chain chain.Chain

	mu      sync.Mutex            // tar-split may call Get while its reader calls Close
	images  map[string]*openImage // open layer images by layer ID; nil after Close
	objects *objectOpener
}

// NewGetter returns a getter. The caller closes it.
func NewGetter(c chain.Chain, stores *chain.Stores, sealing objects.Sealing) *Getter {
	return &Getter{chain: c, images: map[string]*openImage{}, objects: newOpener(stores, sealing)}
}

// openImage is an open layer image.
type openImage struct {
	file   *os.File
	format erofs.Format
	finder *erofs.Finder
}

// Get opens the file with that name in the topmost layer that has one. Other types than regular
// files are empty: a tar-split refers to them only if their headers have a size, and no payload
// follows such a header.
func (g *Getter) Get(name string) (io.ReadCloser, error) {
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

// errNoEntry means that a layer has no entry with a name.
var errNoEntry = errors.New("no such entry")

// Close closes the images and reports damage of the file that was read last: see [objectOpener].
// Files that Get has returned stay open.
func (g *Getter) Close() error {
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

func (g *Getter) open(l chain.Layer, name string) (io.ReadCloser, error) {
	if !l.Composefs {
		f, err := images.OpenIn(l.Diffs[0], name)
		return f, noEntry(err)
	}
	m, err := g.image(l)
	if err != nil {
		return nil, err
	}
	n, err := images.Lookup(m.finder, name)
	if err != nil {
		return nil, noEntry(err)
	}
	switch {
	case n.Type() == tree.TypeWhiteout:
		return nil, errNoEntry
	case n.Type() != tree.TypeRegular || n.Payload == "" || n.Content != "": // empty or inline
		return io.NopCloser(strings.NewReader(n.Content)), nil
	case n.Digest.IsZero() || m.format != erofs.Layer:
		return os.Open(filepath.Join(l.Diff(), n.BackingPath())) // stock mounts read it there
	}
	return g.objects.open(&object{l, name, n.Digest})
}

// noEntry returns errNoEntry for a missing name, and any other error unchanged.
func noEntry(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errNoEntry
	}
	return err
}

// image returns the open image of a layer. The caller holds mu.
func (g *Getter) image(l chain.Layer) (*openImage, error) {
	if m, ok := g.images[l.ID]; ok {
		return m, nil
	}
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return nil, err
	}
	m := &openImage{f, img.Format(), img.Finder()}
	g.images[l.ID] = m
	return m, nil
}
