//go:build linux

package driver

import (
	"errors"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// holdings are the files of the pool to which a layer has links.
type holdings struct {
	id      string
	store   chain.Store
	objects []verity.Digest
	images  []verity.Digest
	some    bool // the layer is composefs or has objects
	unknown bool // the lists may be incomplete: a killed removal has deleted some links
}

// holdings returns the holdings of a layer before its removal. A layer whose conversion failed has
// objects but no image.
func (d *Driver) holdings(id string) holdings {
	l, err := d.stores.Find(id)
	if err != nil || l.Store.ReadOnly {
		return holdings{}
	}
	h := holdings{id: id, store: l.Store}
	h.objects, err = objects.DigestsIn(d.context(), l.Diff())
	if err != nil {
		logrus.Debugf("composefs: objects of layer %s: %v", id, err)
	}
	h.some = len(h.objects) > 0 || l.Composefs
	if l.Composefs {
		var missing error
		h.images, missing = images.Linked(d.context(), l)
		h.unknown = err != nil || missing != nil
	}
	return h
}

// collect removes files of the pool that only the removed layer had. It only logs errors, because
// the layer is already gone; the next collection removes the rest.
func (d *Driver) collect(h holdings) {
	if !h.some {
		return
	}
	err := d.release(h)
	if err != nil && !errors.Is(err, objects.ErrBusy) {
		logrus.Warnf("composefs: collecting objects: %v", err)
	}
}

// release does not look at other layers or images: removing one costs the same in a large store.
func (d *Driver) release(h holdings) error {
	p, err := pool.Open(h.store, objects.SealNever)
	if err != nil {
		return err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	pruned, err := d.images.Prune(d.stores.Has)
	if err != nil {
		return err
	}
	if h.unknown || pruned > 0 {
		if err := p.NoteGarbage(); err != nil {
			return err
		}
	}
	if _, err = p.Release(d.context(), h.objects, h.images); err == nil || errors.Is(err, objects.ErrBusy) {
		err = errors.Join(err, pool.Leave(h.store, h.id))
	}
	return err
}

// tidy collects the garbage of other processes, if there are traces of it and no process uses the
// pool.
func (d *Driver) tidy() { d.collectTraces(true) }

func (d *Driver) collectTraces(all bool) {
	collect := pool.TidyLeftovers
	if all {
		collect = pool.Tidy
	}
	for _, s := range d.stores.Writable() {
		if err := collect(d.context(), s); err != nil {
			logrus.Warnf("composefs: collecting objects: %v", err)
		}
	}
}

// tidyNew is tidy before a new layer. It looks for missing layers only before the first one of this
// driver, because it reads the names of all layers for that.
func (d *Driver) tidyNew() {
	all := false
	d.tidied.Do(func() { all = true })
	d.collectTraces(all)
}
