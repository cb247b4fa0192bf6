//go:build linux

package contents

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// objectOpener opens objects in the pool of the layer's store, where mounts read them. If the pool
// lost an object, the opener restores it from the layer's own link, if that has the right content.
//
// tar-split stops at the first file with another content than it has recorded, so only the object
// that was opened last can be damaged. Close reads that object again. If it is damaged, Close logs
// the command that repairs it, because the repairs of other programs delete every image that shares
// the object.
//
// It is not for concurrent use.
type objectOpener struct {
	stores    *chain.Stores
	sealing   objects.Sealing
	pools     map[string]*objects.Reader // by the home of the store
	restorers map[string]*pool.Restorer  // the same
	last      *object
}

// object is the object of an entry of a layer.
type object struct {
	layer  chain.Layer
	entry  string // its name in the tar
	digest verity.Digest
}

func (o *object) path() string {
	return filepath.Join(o.layer.Store.PoolObjects(), objects.Path(o.digest))
}

func newOpener(stores *chain.Stores, sealing objects.Sealing) *objectOpener {
	return &objectOpener{
		stores: stores, sealing: sealing,
		pools: map[string]*objects.Reader{}, restorers: map[string]*pool.Restorer{},
	}
}

// Restore restores the objects of a layer that the pool lost, so that a mount finds them. It takes
// the lock of the pool, shared, if an object is missing.
func Restore(stores *chain.Stores, sealing objects.Sealing, l chain.Layer) error {
	p := newOpener(stores, sealing)
	return files.WithCleanup(p.restoreAll(l), p.Close())
}

// open opens an object and notes it for Close. An error names the entry and the object, and wraps
// [fs.ErrNotExist] if neither the pool nor the layer has the object.
func (p *objectOpener) open(o *object) (io.ReadCloser, error) {
	f, err := p.openPooled(o)
	if errors.Is(err, fs.ErrNotExist) {
		if err = p.restorer(o.layer.Store).Restore(o.layer, o.digest); err == nil {
			f, err = p.openPooled(o)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("layer %s: entry %q: %w; repair this one object: %s", o.layer.ID, o.entry, err, p.repair(o.layer))
	}
	p.last = o
	return f, nil
}

// openPooled opens an object in the pool.
func (p *objectOpener) openPooled(o *object) (*os.File, error) {
	s := o.layer.Store
	in := p.pools[s.Home]
	if in == nil {
		var err error
		if in, err = objects.OpenReadOnly(s.Pool()); err != nil {
			return nil, err
		}
		p.pools[s.Home] = in
	}
	return in.Open(o.digest)
}

func (p *objectOpener) restorer(s chain.Store) *pool.Restorer {
	r := p.restorers[s.Home]
	if r == nil {
		r = pool.NewRestorer(s, p.sealing)
		p.restorers[s.Home] = r
	}
	return r
}

// restoreAll restores all objects of a layer that the pool lost. It skips layers of stock
// containers/storage, whose contents have other names.
func (p *objectOpener) restoreAll(l chain.Layer) error {
	f, img, err := images.Open(l.ImagePath())
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if img.Format() != erofs.Layer {
		return nil
	}
	return img.Walk(func(path string, _ uint64, n *tree.Inode) error {
		if n.Digest.IsZero() || n.Content != "" {
			return nil // a mount reads no object
		}
		o := &object{l, path, n.Digest}
		if _, err := os.Lstat(o.path()); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return p.restorer(l.Store).Restore(l, o.digest)
	})
}

// Close makes restored names durable, and logs restored and damaged objects.
func (p *objectOpener) Close() error {
	var errs []error
	for _, in := range p.pools {
		errs = append(errs, in.Close())
	}
	for home, r := range p.restorers {
		n, err := r.Close()
		if n > 0 {
			logrus.Warnf("composefs: the pool of %s lacked %d objects; they have their names back, from links of their layers", filepath.Dir(home), n)
		}
		errs = append(errs, err)
	}
	if o := p.last; o != nil {
		if err := o.verify(); err != nil {
			logrus.Errorf("layer %s: entry %q: %v; repair this one object, instead of removing images: %s", o.layer.ID, o.entry, err, p.repair(o.layer))
		}
	}
	return errors.Join(errs...)
}

// verify reads an object. The error wraps [objects.ErrDamaged] if the content does not have the
// digest in the name.
func (o *object) verify() error {
	f, err := os.Open(o.path())
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	got, _, err := o.digest.Algorithm().SumFile(f)
	if err == nil && got != o.digest {
		err = fmt.Errorf("%w: %s has the fs-verity digest %s", objects.ErrDamaged, f.Name(), got)
	}
	return err
}

// repair returns the command that repairs the objects of a layer.
func (p *objectOpener) repair(l chain.Layer) string {
	root := ""
	if slices.Contains(p.stores.Additional, l.Store) {
		root = filepath.Dir(l.Store.Home)
	}
	return message.Repair(root, p.imageWith(l.ID))
}

// imageWith returns a name of a container image that contains the layer, "" if there is none.
func (p *objectOpener) imageWith(layer string) string {
	c, err := catalog.Read(p.stores)
	if err != nil {
		return ""
	}
	for _, i := range c.Images() {
		if len(i.Names) > 0 && slices.Contains(c.Chain(i.Layer), layer) {
			return i.Names[0]
		}
	}
	return ""
}
