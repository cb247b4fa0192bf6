//go:build linux

package driver

import (
	"io/fs"
	"os"
	"sync"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// addedLayers are the layers that this driver has placed, with their parents. At the end of the command,
// Cleanup merges chains ahead of their first mount: those of pulled layers, and those of a build whose
// mounts had separate layers. Only then is it certain which layers are the top ones.
// containers/storage does not call Cleanup while a container is mounted; the first mount then merges, as
// it does after a load or a commit.
//
// Its methods may be called concurrently.
type addedLayers struct {
	mutex    sync.Mutex
	layers   map[string]addedLayer      // by ID
	steps    map[string][]separateLayer // those of mounted containers, by ID
	deferred bool                       // there was such a container
	found    map[string]foundImage      // of layers of other processes, by ID
}

// foundImage is the image of a layer of another process.
type foundImage struct {
	file  fs.FileInfo
	image *verity.Digest // as in addedLayer
}

// addedLayer is a layer that this driver has placed.
type addedLayer struct {
	built  bool   // from a tar, not pulled
	parent string // of a pulled layer

	// image is the fs-verity digest of the image of a layer that can be a separate layer, nil for others:
	// an implied directory would show its own metadata, and names of object directories hide objects.
	image *verity.Digest
}

func (a *addedLayers) add(id string, l addedLayer) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.layers == nil {
		a.layers = map[string]addedLayer{}
	}
	a.layers[id] = l
}

// image returns the fs-verity digest of the image of a layer that can be a separate layer.
func (a *addedLayers) image(id string) (d verity.Digest, ok bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	l := a.layers[id]
	if l.image == nil {
		return d, false
	}
	return *l.image, true
}

// pulled reports whether this driver has pulled a layer.
func (a *addedLayers) pulled(id string) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	l, ok := a.layers[id]
	return ok && !l.built
}

// foundImage returns the image of a layer of another process: what read returns, or returned for the same file.
func (a *addedLayers) foundImage(id string, file fs.FileInfo, read func() *verity.Digest) *verity.Digest {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	f, ok := a.found[id]
	if !ok || !os.SameFile(f.file, file) || !f.file.ModTime().Equal(file.ModTime()) {
		f = foundImage{file, read()}
		if a.found == nil {
			a.found = map[string]foundImage{}
		}
		a.found[id] = f
	}
	return f.image
}

// addStep notes that a container with separate layers is mounted.
func (a *addedLayers) addStep(container string, list []separateLayer) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.steps == nil {
		a.steps = map[string][]separateLayer{}
	}
	a.steps[container], a.deferred = list, true
}

// endStep notes that a container is no longer mounted.
func (a *addedLayers) endStep(container string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.steps, container)
}

// stepOn returns the separate layers of a mounted container on the layer, nil if there is none.
func (a *addedLayers) stepOn(layer string) []separateLayer {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, list := range a.steps {
		if list[0].id == layer {
			return list
		}
	}
	return nil
}

// take returns the layers to merge that are not the parent of another one, and forgets all. parent returns
// the parents of built layers.
func (a *addedLayers) take(parent func(id string) string) (tops []string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	below := map[string]bool{}
	for id, l := range a.layers {
		switch {
		case !l.built:
			below[l.parent] = true
		case a.deferred:
			below[parent(id)] = true
		default:
			delete(a.layers, id)
		}
	}
	for id := range a.layers {
		if !below[id] {
			tops = append(tops, id)
		}
	}
	a.layers, a.deferred = nil, false
	return tops
}

// premerge merges the chains of new layers. A merge takes as much memory as the conversions.
func (d *Driver) premerge() {
	tops := d.added.take(d.parentOf)
	if len(tops) == 0 {
		return
	}
	defer process.conversions.begin()()
	for _, id := range tops {
		if err := d.mergeNew(id); err != nil {
			logrus.Debugf("composefs: layer %s is not merged at exit: %v", id, err)
		}
	}
}

// mergeNew merges the chain of a new layer, if it is composefs.
func (d *Driver) mergeNew(id string) error {
	c, err := d.chain(id)
	if err != nil || !d.mountsOurselves(c) || !c[0].Composefs { // another process may have removed it
		return nil //nolint:nilerr // the next mount reports it
	}
	if c, err = d.unmix(c); err != nil || !c[0].Composefs {
		return err
	}
	_, err = d.images.EnsureMerged(d.context(), c.Segments()[0])
	return err
}

// parentOf returns the layer below a layer, or "".
func (d *Driver) parentOf(id string) string {
	c, err := d.stores.Chain(id)
	if err != nil || len(c) == 1 {
		return ""
	}
	return c[1].ID
}
