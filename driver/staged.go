//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/warn"
)

// stagedTar is a staged layer that came as a tar.
type stagedTar struct {
	*staging.Layer
	size    int64 // of all files, in bytes
	odd     warn.Oddities
	largest []convert.XattrFile
	implied bool // it has implied directories
	hides   bool // see imageHides
}

// stageTar converts a tar into a staged layer. It reads the tar to its end, even after an error, unless
// the error is [pool.ErrApart]: then it has not read the tar. It takes the lock of the pool, shared;
// closing the layer releases the lock.
func (d *Driver) stageTar(store chain.Store, tar io.Reader) (*stagedTar, error) {
	d.tidyNew()
	s, err := staging.Begin(d.context(), store, d.sealing(), d.repos.Sources())
	if err != nil {
		if !errors.Is(err, pool.ErrApart) {
			drain(tar)
		}
		return nil, err
	}
	t := &stagedTar{Layer: s}
	made, err := convert.Layer(d.context(), tar, s.Batch(), s.Image(), layer.Options{Algorithm: s.Batch().Algorithm(), Added: t.odd.Add})
	if err == nil {
		err = s.Commit(made.Digest)
	}
	if err == nil {
		t.hides, err = imageHides(s.ImageFile())
	}
	if err == nil {
		err = d.checkOwners(s.ImageFile())
	}
	if err != nil {
		drain(tar)
		return nil, s.Fail(d.context(), err)
	}
	t.size, t.largest, t.implied = s.Batch().Stats().Bytes, made.LargestXattrs, made.Implied
	return t, nil
}

// placeTar places a staged layer and closes it. The caller holds the lock of the layers.
func (d *Driver) placeTar(t *stagedTar, id string) error {
	warn.Xattrs(id, t.Dir(), t.largest) // the layer loses this directory
	if err := d.placeAndClose(t.Layer, id); err != nil {
		return err
	}
	d.noteBuilt(t, id)
	t.odd.Unsaved(id)
	t.odd.Unknown(id)
	return nil
}

// noteBuilt notes a placed layer for the mounts of the next steps of a build, and for premerge.
func (d *Driver) noteBuilt(t *stagedTar, id string) {
	if !t.Placed() {
		return
	}
	l := addedLayer{built: true}
	if image := t.Digest(); !t.implied && !t.hides {
		l.image = &image
	}
	d.added.add(id, l)
}

// stager is a driver that converts tars without the locks of the store, for containers/storage 1.62
// and later. Their types are internal to containers/storage, so type parameters stand for them: C for a
// function that removes temporary files, A for a staged layer.
type stager[C ~func() error, A ~struct{ Path string }] struct {
	*remover[C]
	start  func(parent string, options graphdriver.ApplyDiffOpts) (C, *A, int64, error)
	commit func(id string, added *A) error
	staged sync.Map // path to *stagedTar
}

// withStaging adds StartStagingDiffToApply and CommitStagedLayer to the driver. start and commit are
// those of the stock driver.
func withStaging[C ~func() error, A ~struct{ Path string }](
	r *remover[C],
	start func(parent string, options graphdriver.ApplyDiffOpts) (C, *A, int64, error),
	commit func(id string, added *A) error,
) *stager[C, A] {
	return &stager[C, A]{remover: r, start: start, commit: commit}
}

// StartStagingDiffToApply converts a tar for CommitStagedLayer, or unpacks it as the stock driver does.
// containers/storage calls it without a lock, for several layers at once, and in the end calls the
// function that it returns, which removes a layer without a place. It returns the size of all files in
// bytes. It takes the lock of the pool, shared, and holds it until the layer is placed or removed.
func (s *stager[C, A]) StartStagingDiffToApply(parent string, options graphdriver.ApplyDiffOpts) (C, *A, int64, error) {
	why := s.keepsPlain(options)
	if why == "" {
		why = s.plainBelow(parent)
	}
	if why == "" {
		t, err := s.stageTar(s.stores.NewLayers(), options.Diff)
		switch {
		case err == nil:
			return s.hold(t)
		case !errors.Is(err, pool.ErrApart):
			return nil, nil, -1, fmt.Errorf("convert layer: %w", err)
		}
		why = err.Error()
	}
	logrus.Debugf("composefs: a layer stays plain: %s", why)
	return s.start(parent, options)
}

// hold returns the results of StartStagingDiffToApply for a staged layer.
func (s *stager[C, A]) hold(t *stagedTar) (C, *A, int64, error) {
	dir := t.Dir()
	s.staged.Store(dir, t)
	remove := func() error {
		if _, waits := s.staged.LoadAndDelete(dir); waits {
			return t.Close(s.context())
		}
		return nil
	}
	return remove, &A{Path: dir}, t.size, nil
}

// CommitStagedLayer places a layer of StartStagingDiffToApply. The caller holds the lock of the layers.
// The call only renames and syncs.
func (s *stager[C, A]) CommitStagedLayer(id string, added *A) error {
	t, ok := s.staged.LoadAndDelete(struct{ Path string }(*added).Path)
	if !ok {
		s.mapped.take(id) // the stock driver has unpacked it with these maps
		return s.commit(id, added)
	}
	return s.placeTar(t.(*stagedTar), id)
}
