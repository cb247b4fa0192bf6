//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/pull"
	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// ApplyDiffWithDiffer downloads and converts a layer, and stages it for
// ApplyDiffFromStagingDirectory. containers/image calls it without a lock, for several layers at
// once. It takes the lock of the pool, shared, and holds it until the layer is placed or cleaned up.
//
// A layer that it cannot convert is downloaded the ordinary way and goes through ApplyDiff. If
// the kernel or the file system is the reason, it logs a warning once, for root only: many users have no
// kernel that is new enough.
func (d *Driver) ApplyDiffWithDiffer(options *graphdriver.ApplyDiffWithDifferOpts, differ graphdriver.Differ) (graphdriver.DriverWithDifferOutput, error) {
	var apply graphdriver.ApplyDiffOpts
	if options != nil {
		apply = options.ApplyDiffOpts
	}
	if why := d.keepsPlain(apply); why != "" {
		if a := d.abilities(); d.decision().Active() && a.err != nil && !a.served {
			d.warnOfPlain.Do(func() { logrus.Warnf("composefs: pulled layers stay plain: %v", a.err) })
		}
		return pullPlain(d.Driver, options, differ, why)
	}
	raw, ok := differ.(pull.RawBlob)
	if !ok {
		return pull.Ordinary(errors.New("the differ does not hand over its blob"))
	}
	d.tidyNew()
	s, err := staging.Begin(d.context(), d.stores.NewLayers(), d.sealing(), d.repos.Sources())
	if errors.Is(err, pool.ErrApart) {
		return pullPlain(d.Driver, options, differ, err.Error())
	}
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, err
	}
	defer process.conversions.begin()()
	out, err := pull.Into(d.context(), s, raw, differ, d.decompress())
	if err == nil {
		err = d.checkOwners(s.ImageFile())
	}
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, s.Fail(d.context(), err)
	}
	out.Target = s.Keep()
	return out, nil
}

// decompress returns the libraries that decompress layers.
func (d *Driver) decompress() decompress.Choice {
	if d.conf.Decompress == config.DecompressGo {
		return decompress.Go
	}
	return decompress.Auto
}

// ApplyDiffFromStagingDirectory places a layer that ApplyDiffWithDiffer has staged. The caller holds
// the lock of the layers. The call only renames and syncs, unless the layer is for a user namespace,
// whose maps are not known earlier: it then writes the layer image again.
func (d *Driver) ApplyDiffFromStagingDirectory(id, parent string, out *graphdriver.DriverWithDifferOutput, options *graphdriver.ApplyDiffWithDifferOpts) error {
	s := staging.Take(out.Target)
	if s == nil {
		return d.Driver.ApplyDiffFromStagingDirectory(id, parent, out, options)
	}
	records, err := s.Records()
	if err != nil {
		return s.Fail(d.context(), err)
	}
	if err := d.placeAndClose(s, id); err != nil {
		return err
	}
	d.handed.over(out, records)
	d.added.add(id, addedLayer{parent: parent})
	return nil
}

// handed is the result of the last layer whose records containers/storage has got. containers/storage
// stores the records after ApplyDiffFromStagingDirectory, and containers/image keeps all results to
// the end of the pull.
type handed struct {
	last *graphdriver.DriverWithDifferOutput
}

// over gives containers/storage the records of a layer, and drops those of the layer before. The
// caller holds the lock of the layers.
func (h *handed) over(out *graphdriver.DriverWithDifferOutput, records map[string][]byte) {
	if h.last != nil {
		h.last.BigData = nil
	}
	h.last, out.BigData = out, records
}

// placeAndClose places a staged layer, and closes it, also after an error.
func (d *Driver) placeAndClose(s *staging.Layer, id string) error {
	err := d.place(s, id)
	if err != nil {
		err = s.Fail(d.context(), err)
	} else {
		err = s.Close(d.context())
	}
	if err != nil {
		return fmt.Errorf("layer %s: %w", id, err)
	}
	return nil
}

// errOwnersChanged reports a layer with the files of the layers below it, because these files have other
// owners in its user namespace: see [rotate]. It cannot become composefs.
var errOwnersChanged = errors.New(`it is for another user namespace than the layers below it and has to stay plain; set use_composefs = "false" in storage.conf for this command`)

// place places a staged layer, unless another process has pulled the same layer first.
func (d *Driver) place(s *staging.Layer, id string) error {
	l, err := d.stores.Find(id)
	if err != nil {
		return err
	}
	switch empty, err := isEmpty(l); {
	case err != nil || !empty:
		return err
	case len(l.Diffs) > 1:
		return errOwnersChanged
	}
	if maps := d.mapped.take(id); maps != nil {
		if err := s.ChangeOwners(d.context(), idmap.ToHost(maps)); err != nil {
			return err
		}
	}
	return s.Place(l)
}

// CleanupStagingDirectory removes a staged layer that has no place. containers/storage calls it for
// placed layers too. The caller holds layers.lock (store.CleanupStagedLayer).
func (d *Driver) CleanupStagingDirectory(target string) error {
	if s := staging.Take(target); s != nil {
		return s.Close(d.context())
	}
	switch _, err := os.Lstat(target); {
	case errors.Is(err, fs.ErrNotExist): // one of ours that is placed
		return nil
	case err != nil:
		return err
	}
	return d.Driver.CleanupStagingDirectory(target)
}
