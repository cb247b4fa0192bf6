//go:build linux

package driver

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// holdings are what a layer has of its store's pool.
type holdings struct {
	id      string
	store   chain.Store
	objects []verity.Digest
	images  bool // it is composefs, so that it may have images
	unknown bool // there may be more objects, of which a killed removal took the names
}

// holdings returns what a layer has, before it is removed. A layer whose conversion
// failed half way has objects and no image yet.
func (d *Driver) holdings(id string) holdings {
	l, err := d.stores.Find(id)
	if err != nil || l.Store.ReadOnly {
		return holdings{}
	}
	list, err := objects.DigestsIn(context.Background(), l.Diff())
	if err != nil {
		logrus.Debugf("composefs: objects of layer %s: %v", id, err)
	}
	return holdings{id: id, store: l.Store, objects: list, images: l.Composefs, unknown: l.Composefs && err != nil}
}

// collect removes from the pool what nobody has any more, now that the layer is gone.
// The layer is gone also if that fails: then it is done later.
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
	err = p.WalkImages(context.Background(), func(digest verity.Digest, info objects.Info) error {
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
	if _, err = p.Release(context.Background(), h.objects, images); err == nil || errors.Is(err, objects.ErrBusy) {
		err = errors.Join(err, pool.Leave(h.store, h.id))
	}
	return err
}

// tidy collects garbage that others have left.
func (d *Driver) tidy() {
	for _, s := range d.stores.Writable() {
		if err := pool.Tidy(context.Background(), s); err != nil {
			logrus.Warnf("composefs: collecting objects: %v", err)
		}
	}
}
