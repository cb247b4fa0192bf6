//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/pull"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// ApplyDiffWithDiffer downloads and converts a layer, and stages it for
// ApplyDiffFromStagingDirectory. It is called without any lock, for several layers at a time.
//
// A layer that it cannot convert is downloaded the ordinary way and goes through ApplyDiff. If
// the kernel or the file system is the reason, it logs a warning once.
func (d *Driver) ApplyDiffWithDiffer(options *graphdriver.ApplyDiffWithDifferOpts, differ graphdriver.Differ) (graphdriver.DriverWithDifferOutput, error) {
	var apply graphdriver.ApplyDiffOpts
	if options != nil {
		apply = options.ApplyDiffOpts
	}
	if why := d.keepsPlain(apply); why != "" {
		if err := d.abilities().err; d.decision().Active() && err != nil {
			d.warnOfPlain.Do(func() { logrus.Warnf("composefs: pulled layers stay plain: %v", err) })
		}
		return pullPlain(d.Driver, options, differ, why)
	}
	raw, ok := differ.(pull.RawBlob)
	if !ok {
		return pull.Ordinary(errors.New("the differ does not hand over its blob"))
	}
	d.tidy()
	s, err := staging.Begin(d.stores.NewLayers(), d.sealing())
	if errors.Is(err, pool.ErrApart) {
		return pullPlain(d.Driver, options, differ, err.Error())
	}
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, err
	}
	defer beginConverting()()
	out, err := pull.Into(s, raw, differ)
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, s.Fail(err)
	}
	out.Target = s.Keep()
	return out, nil
}

// ApplyDiffFromStagingDirectory gives a layer that ApplyDiffWithDiffer has staged its place. It
// is called under the store's locks, and only renames, unless the layer is for a user namespace:
// only now its owners are known.
func (d *Driver) ApplyDiffFromStagingDirectory(id, parent string, out *graphdriver.DriverWithDifferOutput, options *graphdriver.ApplyDiffWithDifferOpts) error {
	s := staging.Take(out.Target)
	if s == nil {
		return d.Driver.ApplyDiffFromStagingDirectory(id, parent, out, options)
	}
	if err := d.place(s, id); err != nil {
		return fmt.Errorf("layer %s: %w", id, s.Fail(err))
	}
	if err := s.Close(); err != nil {
		return fmt.Errorf("layer %s: %w", id, err)
	}
	d.pulled.add(id, parent)
	return nil
}

// place gives a staged layer its place, unless another process has pulled the layer meanwhile.
func (d *Driver) place(s *staging.Layer, id string) error {
	l, err := d.stores.Find(id)
	if err != nil {
		return err
	}
	if empty, err := isEmpty(l); err != nil || !empty {
		return err
	}
	if maps := d.mapped.take(id); maps != nil {
		if err := s.ChangeOwners(idmap.ToHost(maps)); err != nil {
			return err
		}
	}
	return s.Place(l)
}

// CleanupStagingDirectory removes a layer that ApplyDiffWithDiffer has staged and that has no
// place yet. containers/storage calls it for placed layers too.
func (d *Driver) CleanupStagingDirectory(target string) error {
	if s := staging.Take(target); s != nil {
		return s.Close()
	}
	switch _, err := os.Lstat(target); {
	case errors.Is(err, fs.ErrNotExist): // ours, and placed
		return nil
	case err != nil:
		return err
	}
	return d.Driver.CleanupStagingDirectory(target)
}
