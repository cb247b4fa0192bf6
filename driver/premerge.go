//go:build linux

package driver

import (
	"sync"

	"github.com/sirupsen/logrus"
)

// pulled are the layers that this driver has placed for pulls, with their parents. At the end of
// the command, Cleanup merges the chains of the top layers ahead of their first mount. Only then
// does the driver know which layers are the top ones. containers/storage does not call Cleanup
// while a container is mounted; the first mount then merges, as it does after a build or a commit.
//
// Its methods may be called concurrently.
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

// take returns the layers that are not the parent of another one, and forgets all.
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

// premerge merges the chains of pulled layers. A merge takes as much memory as the conversions.
func (d *Driver) premerge() {
	tops := d.pulled.take()
	if len(tops) == 0 {
		return
	}
	defer process.conversions.begin()()
	for _, id := range tops {
		c, err := d.chain(id)
		if err != nil || !d.mountsOurselves(c) || !c[0].Composefs { // another process may have removed it
			continue
		}
		if _, err := d.images.EnsureMerged(d.context(), c.Segments()[0]); err != nil {
			logrus.Debugf("composefs: layer %s is not merged at exit: %v", id, err)
		}
	}
}
