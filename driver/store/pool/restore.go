//go:build linux

package pool

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Restorer gives objects their names in a store's pool back. Mounts read objects by these
// names, and every layer has a link to each of its own, so that a lost name loses no content.
// It opens the pool, whose lock it then shares, when it restores the first object. It is not
// for concurrent use.
type Restorer struct {
	store    chain.Store
	sealing  objects.Sealing
	pool     *Pool
	repair   *objects.Repair
	restored int
}

// NewRestorer returns a restorer for the pool of a store. Restored objects are sealed as said.
func NewRestorer(s chain.Store, sealing objects.Sealing) *Restorer {
	return &Restorer{store: s, sealing: sealing}
}

// Restore reads the layer's own link of an object and gives the object its name in the pool.
// The error wraps [fs.ErrNotExist] if the layer has lost the object too or its store is
// read-only, and [objects.ErrDamaged] if the link has another content.
func (r *Restorer) Restore(l chain.Layer, d verity.Digest) error {
	name := filepath.Join(r.store.Pool(), "objects", objects.Path(d))
	if r.store.ReadOnly {
		return &os.PathError{Op: "open", Path: name, Err: unix.ENOENT}
	}
	if err := r.open(); err != nil {
		return err
	}
	link := filepath.Join(l.Diff(), objects.Path(d))
	f, err := os.OpenFile(r.pool.Path(link), os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return r.pool.Named(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	if err := r.repair.Link(d, f, []string{r.pool.Path(name)}); err != nil {
		return r.pool.Named(err)
	}
	r.restored++
	return nil
}

func (r *Restorer) open() (err error) {
	if r.repair != nil {
		return nil
	}
	if r.pool, err = Open(r.store, r.sealing); err != nil {
		return err
	}
	if r.repair, err = r.pool.BeginRepair(); err != nil {
		err = errors.Join(r.pool.Named(err), r.pool.Close())
	}
	return err
}

// Close makes the names durable. It returns how many objects got theirs back.
func (r *Restorer) Close() (restored int, err error) {
	if r.repair != nil {
		err = r.pool.Named(errors.Join(r.repair.Close(), r.pool.Close()))
	}
	return r.restored, err
}
