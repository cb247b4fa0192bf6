//go:build linux

package staging

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// process is the state of this process: its staged layers. Functions that add names to the file
// system hold the lock as readers, so that no name appears after [Abandon]. The state outlives the
// driver, because a long-running process may make another one before it places a layer.
var process struct {
	sync.RWMutex
	abandoned bool
	staged    sync.Map // *Layer to nothing: layers that are begun and not closed
	kept      sync.Map // target to *Layer: layers that wait for Take
}

var errAbandoned = errors.New("interrupted")

// Abandon removes the staged layers of this process. A program calls it when a signal ends it during
// pulls. All later pulls of the process fail. The next command collects the objects that these layers
// have added to a pool.
func Abandon(ctx context.Context) (err error) {
	process.Lock()
	process.abandoned = true
	process.Unlock()
	process.staged.Range(func(key, _ any) bool {
		err = files.WithCleanup(err, key.(*Layer).abandon(ctx))
		return true
	})
	return err
}

// abandon removes a layer to which other goroutines may still add files. A content that one of them
// adds and commits in the meantime is garbage that only a collection of the whole pool finds.
func (l *Layer) abandon(ctx context.Context) error {
	p, err := objects.Open(l.store.Pool(), objects.Options{})
	if err == nil {
		err = files.WithCleanup(noteObjects(ctx, p, l.target), p.Close())
	}
	err = files.WithCleanup(err, files.IgnoreMissing(os.Remove(l.target+imageSuffix)))
	for range 100 { // a new file makes the removal fail
		if err2 := os.RemoveAll(l.target); err2 == nil {
			return err
		}
	}
	return files.WithCleanup(err, os.RemoveAll(l.target))
}

// enter locks process as a reader. After Abandon it returns an error instead.
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
	l.target = filepath.Join(l.store.PoolStaging(), filepath.Base(l.batch.Staged()))
	process.staged.Store(l, nil)
	return nil
}

// Busy reports whether layers are staged, which is so when a signal ends a command during a pull.
func Busy() (found bool) {
	process.staged.Range(func(any, any) bool {
		found = true
		return false
	})
	return found
}
