//go:build linux

package driver

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// begun are the layers that this process has staged and not let go of. As long as it is
// locked for reading nobody abandons them.
var begun struct {
	sync.RWMutex
	abandoned bool
	layers    sync.Map // *staged to nothing
}

var errAbandoned = errors.New("interrupted")

// Abandon removes what this process has staged. It is for a program that a signal ends in
// the middle of pulls: what they go on with fails, and what they may have brought into a
// pool is collected by the next command.
func Abandon() (err error) {
	begun.Lock()
	begun.abandoned = true
	begun.Unlock()
	begun.layers.Range(func(key, _ any) bool {
		err = errors.Join(err, key.(*staged).abandon())
		return true
	})
	return err
}

// abandon removes a layer that others are still adding to.
func (s *staged) abandon() error {
	p, err := objects.Open(s.store.Pool())
	if err == nil {
		err = errors.Join(p.NoteGarbage(), p.Close())
	}
	err = errors.Join(err, files.IgnoreMissing(os.Remove(s.target+imageSuffix)))
	for range 100 { // what is added while it is removed keeps it there
		if err2 := os.RemoveAll(s.target); err2 == nil {
			return err
		}
	}
	return errors.Join(err, os.RemoveAll(s.target))
}

// enterBegun locks begun for reading, unless all was abandoned.
func enterBegun() error {
	begun.RLock()
	if !begun.abandoned {
		return nil
	}
	begun.RUnlock()
	return errAbandoned
}

// begin makes the place where the layer is staged.
func (s *staged) begin() (err error) {
	if err := enterBegun(); err != nil {
		return err
	}
	defer begun.RUnlock()
	if s.batch, err = s.pool.BeginStaged(); err != nil {
		return err
	}
	s.target = filepath.Join(s.store.Pool(), "staging", filepath.Base(s.batch.Staged()))
	begun.layers.Store(s, nil)
	return nil
}

// busy reports whether layers are staged, so that the command does not end as it should.
func busy() (found bool) {
	begun.layers.Range(func(any, any) bool {
		found = true
		return false
	})
	return found
}
