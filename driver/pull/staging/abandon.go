//go:build linux

package staging

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// process is the state of this process: its staged layers. Whoever adds to the file system
// holds the lock for reading, so that nothing comes after [Abandon].
var process struct {
	sync.RWMutex
	abandoned bool
	staged    sync.Map // *Layer to nothing: those that were begun and not closed
}

var errAbandoned = errors.New("interrupted")

// Abandon removes the staged layers of this process. A program calls it when a signal ends it
// during pulls, which fail from then on. The next command collects objects that they have added
// to a pool.
func Abandon() (err error) {
	process.Lock()
	process.abandoned = true
	process.Unlock()
	process.staged.Range(func(key, _ any) bool {
		err = errors.Join(err, key.(*Layer).abandon())
		return true
	})
	return err
}

// abandon removes a layer that other goroutines may still add to.
func (l *Layer) abandon() error {
	p, err := objects.Open(l.store.Pool(), objects.Options{})
	if err == nil {
		err = errors.Join(p.NoteGarbage(), p.Close())
	}
	err = errors.Join(err, files.IgnoreMissing(os.Remove(l.target+imageSuffix)))
	for range 100 { // files that come meanwhile keep it
		if err2 := os.RemoveAll(l.target); err2 == nil {
			return err
		}
	}
	return errors.Join(err, os.RemoveAll(l.target))
}

// enter locks process for reading, unless all layers were abandoned.
func enter() error {
	process.RLock()
	if !process.abandoned {
		return nil
	}
	process.RUnlock()
	return errAbandoned
}

// begin makes the directory of the staged layer.
func (l *Layer) begin() (err error) {
	if err := enter(); err != nil {
		return err
	}
	defer process.RUnlock()
	if l.batch, err = l.pool.BeginStaged(); err != nil {
		return err
	}
	l.target = filepath.Join(l.store.Pool(), "staging", filepath.Base(l.batch.Staged()))
	process.staged.Store(l, nil)
	return nil
}

// Busy reports whether layers are staged, as they are when a signal ends a command.
func Busy() (found bool) {
	process.staged.Range(func(any, any) bool {
		found = true
		return false
	})
	return found
}
