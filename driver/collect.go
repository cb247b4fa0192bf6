//go:build linux

package driver

import (
	"errors"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// holdings are the files of the pool to which a layer has links.
type holdings struct {
	id      string
	store   chain.Store
	objects []verity.Digest
	images  bool // the layer is composefs and may have merged images
	unknown bool // the list may be incomplete: a killed removal has deleted some links
}

// holdings returns the holdings of a layer before its removal. A layer whose conversion failed has
// objects but no image.
func (d *Driver) holdings(id string) holdings {
	l, err := d.stores.Find(id)
	if err != nil || l.Store.ReadOnly {
		return holdings{}
	}
	list, err := objects.DigestsIn(d.context(), l.Diff())
	if err != nil {
		logrus.Debugf("composefs: objects of layer %s: %v", id, err)
	}
	return holdings{id: id, store: l.Store, objects: list, images: l.Composefs, unknown: l.Composefs && err != nil}
}

// collect removes files of the pool that only the removed layer had. It only logs errors, because
// the layer is already gone; the next collection removes the rest.
func (d *Driver) collect(h holdings) {
	if len(h.objects) == 0 && !h.images {
		return
	}
	err := d.release(h)
	if err != nil && !errors.Is(err, objects.ErrBusy) {
		logrus.Warnf("composefs: collecting objects: %v", err)
	}
}

func (d *Driver) release(h holdings) error {
	p, err := pool.Open(h.store, objects.SealNever)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	if err = d.images.Prune(d.stores.Has); err != nil {
		return err
	}
	var images []verity.Digest
	err = p.WalkImages(d.context(), func(digest verity.Digest, info objects.Info) error {
		if info.Links == 1 {
			images = append(images, digest)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if h.unknown {
		if err := p.NoteGarbage(); err != nil {
			return err
		}
	}
	if _, err = p.Release(d.context(), h.objects, images); err == nil || errors.Is(err, objects.ErrBusy) {
		err = errors.Join(err, pool.Leave(h.store, h.id))
	}
	return err
}

// tidy collects the garbage of other processes, if there are traces of it and no process uses the
// pool.
func (d *Driver) tidy() {
	for _, s := range d.stores.Writable() {
		if err := pool.Tidy(d.context(), s); err != nil {
			logrus.Warnf("composefs: collecting objects: %v", err)
		}
	}
}
