//go:build linux

package pool

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Restorer restores lost names of objects in a store's pool. Mounts read objects by these names.
// Every layer has a link to each of its objects, so a lost name loses no content. The restorer opens
// the pool and takes its lock, shared, when it restores the first object, and keeps both until Close.
// It is not for concurrent use.
type Restorer struct {
	store    chain.Store
	sealing  objects.Sealing
	pool     *Pool
	repair   *objects.Repair
	restored int
}

// NewRestorer returns a restorer for the pool of a store. Restored objects are sealed according to
// sealing.
func NewRestorer(s chain.Store, sealing objects.Sealing) *Restorer {
	return &Restorer{store: s, sealing: sealing}
}

// Restore hashes the layer's own link of an object and links it into the pool. The error wraps
// [fs.ErrNotExist] if the layer has lost the object too or its store is read-only, and
// [objects.ErrDamaged] if the link has another content.
func (r *Restorer) Restore(l chain.Layer, d verity.Digest) error {
	name := filepath.Join(r.store.PoolObjects(), objects.Path(d))
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
		err = files.WithCleanup(r.pool.Named(err), r.pool.Close())
	}
	return err
}

// Close makes the names durable. It returns the number of restored objects.
func (r *Restorer) Close() (restored int, err error) {
	if r.repair != nil {
		err = r.pool.Named(files.WithCleanup(r.repair.Close(), r.pool.Close()))
	}
	return r.restored, err
}
