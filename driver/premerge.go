//go:build linux

package driver

import (
	"sync"

	"github.com/sirupsen/logrus"
)

// pulled are the layers that were pulled from a registry, and the layers below them. When
// the command ends, the chains that end with one are merged ahead of their first mount:
// then it is known which layers are the last ones of images. If containers are mounted,
// the store does not tell that the command ends, and the first mount merges. So it does
// for what is built or committed, which takes a fraction of what merging takes.
type pulled struct {
	mutex  sync.Mutex
	parent map[string]string // by ID
}

func (f *pulled) add(id, parent string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.parent == nil {
		f.parent = map[string]string{}
	}
	f.parent[id] = parent
}

// take returns the layers that are below none of the others, and forgets all.
func (f *pulled) take() (tops []string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	below := map[string]bool{}
	for _, parent := range f.parent {
		below[parent] = true
	}
	for id := range f.parent {
		if !below[id] {
			tops = append(tops, id)
		}
	}
	f.parent = nil
	return tops
}

// premerge merges the chains of layers that were pulled.
func (d *Driver) premerge() {
	for _, id := range d.pulled.take() {
		c, err := d.chain(id)
		if err != nil || !d.mountsOurselves(c) || !c[0].Composefs { // it may be gone
			continue
		}
		if _, err := d.images.Of(c.Segments()[0]); err != nil {
			logrus.Debugf("composefs: layer %s is not merged at exit: %v", id, err)
		}
	}
}
