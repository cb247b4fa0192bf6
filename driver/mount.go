//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Get mounts the chain of a layer and returns the mount point. Each Get needs its own Put; only the
// first one mounts. The caller holds the lock of the layers. Get takes the lock of the pool, shared,
// if it has to merge images or restore objects, and the lock of the shared mounts.
func (d *Driver) Get(id string, options graphdriver.MountOpts) (string, error) {
	c, err := d.chain(id)
	if err != nil {
		return "", err
	}
	if c, err = d.writable(c, options); err != nil {
		return "", fmt.Errorf("layer %s: %w", id, err)
	}
	if c, err = d.unmix(c); err != nil {
		return "", err
	}
	if !d.mountsOurselves(c) {
		if c.Composefs() && errors.Is(d.abilities().err, feature.ErrNotSupported) {
			return "", fmt.Errorf(`layer %s is composefs, which cannot be mounted here: %w; "composefs-storage convert --plain --all" makes such layers plain`, id, d.abilities().err)
		}
		for i, l := range c {
			if err := d.guard.RefusePlain(l, i == 0); err != nil {
				return "", fmt.Errorf("layer %s: %w", id, err)
			}
		}
		if err := d.guard.RefuseUnchecked(c, func() string { return d.abilities().err.Error() }); err != nil {
			return "", fmt.Errorf("layer %s: %w", id, err)
		}
		return d.Driver.Get(id, options)
	}
	uid, gid, err := idtools.GetRootUIDGID(options.UidMaps, options.GidMaps)
	if err != nil {
		return "", err
	}
	target := d.target(c[0])
	if err := idtools.MkdirAllAndChownNew(target, 0o700, idtools.IDPair{UID: uid, GID: gid}); err != nil {
		return "", err
	}
	if d.counter.Increment(target) > 1 {
		return target, nil
	}
	if err := d.mount(c, target, options); err != nil {
		d.counter.Decrement(target)
		return "", fmt.Errorf("layer %s: %w", id, d.withHint(c, err))
	}
	return target, nil
}

// target returns the mount point of a layer, which is that of the stock driver.
func (d *Driver) target(l chain.Layer) string {
	if d.stores.Foreign(l) {
		return l.MountPoint(filepath.Join(string(d.runRoot), filepath.Base(d.stores.Primary.Home)))
	}
	return l.MountPoint(l.Store.Home)
}

// mount mounts the chain on target.
func (d *Driver) mount(c chain.Chain, target string, options graphdriver.MountOpts) (err error) {
	p, err := d.plan(c, options)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.mounts.Release(target))
		}
	}()
	maps, err := d.mountMaps(c, options)
	if err != nil {
		return err
	}
	copied := mapsOf(options) // of a copy with other owners that containers/storage mounts
	if maps != nil {
		copied = nil
		if p.UserNS, err = userNamespace(maps); err != nil {
			return err
		}
		defer p.UserNS.Close() //nolint:errcheck // open for reading
	}
	held, err := d.lowers(p, c.WithFiles(), target, copied, options.Volatile)
	if err != nil {
		return err
	}
	defer held.release()
	if err := d.giveRoot(c[0], options); err != nil {
		return err
	}
	if p.Upper != "" {
		if err := prepareUpper(c[0], p); err != nil {
			return err
		}
	}
	logrus.Debugf("composefs: mount %s on %s", p, target)
	return mount.Do(p, target)
}

// Put undoes one Get, which another process may have called. The caller holds the lock of the
// layers. Put takes the lock of the shared mounts.
func (d *Driver) Put(id string) error {
	c, err := d.chain(id)
	if err != nil || !c.Composefs() {
		return d.Driver.Put(id) // its error names the fault of a broken layer
	}
	target := d.target(c[0])
	if d.counter.Decrement(target) > 0 {
		return nil
	}
	d.added.endStep(id)
	if err := errors.Join(mount.Undo(target), d.mounts.Release(target)); err != nil {
		return fmt.Errorf("layer %s: %w", id, err)
	}
	if d.stores.Foreign(c[0]) {
		return removeEmpty(target, filepath.Dir(target))
	}
	return renew(target)
}

// removeEmpty removes directories in order, up to the first one that is in use.
func removeEmpty(dirs ...string) error {
	for _, dir := range dirs {
		if err := unix.Rmdir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			if errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EBUSY) {
				return nil
			}
			return &os.PathError{Op: "rmdir", Path: dir, Err: err}
		}
	}
	return nil
}

// renew replaces the mount point by a new directory in one step. Other mount namespaces that still
// have the mount keep the old directory. On a full or read-only file system the old directory
// stays, so that containers can end there. Source: Put of the stock driver.
func renew(target string) error {
	var st unix.Stat_t
	if err := unix.Stat(target, &st); err != nil {
		return &os.PathError{Op: "stat", Path: target, Err: err}
	}
	fresh := target + ".1"
	if err := idtools.MkdirAs(fresh, 0o700, int(st.Uid), int(st.Gid)); err != nil && !errors.Is(err, fs.ErrExist) {
		if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EROFS) {
			return nil
		}
		return err
	}
	if err := unix.Rename(fresh, target); err != nil { // os.Rename does not replace directories
		return &os.LinkError{Op: "rename", Old: fresh, New: target, Err: err}
	}
	return nil
}
