package objects

import (
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// writebackStep is the number of bytes after which a batch starts writeback. Tests change it.
var writebackStep int64 = 64 << 20

// writeback syncs the files of a batch while the batch goes on writing. The kernel's own timers
// would leave most of a layer to [Batch.Commit], which waits for the disk while the processors are
// idle.
type writeback struct {
	dirty   atomic.Int64 // bytes since the last start
	running sync.Mutex
	ended   sync.WaitGroup
	err     error // the first one: Linux reports each only once
}

// wrote counts n bytes that are being written.
func (b *Batch) wrote(n int) {
	w := &b.writeback
	if w.dirty.Add(int64(n)) < writebackStep || !w.running.TryLock() {
		return
	}
	w.dirty.Store(0)
	w.ended.Add(1)
	go func() {
		defer w.ended.Done()
		defer w.running.Unlock()
		if err := b.syncfs(); w.err == nil {
			w.err = err
		}
	}()
}

// wait waits for the end of writeback and returns its error.
func (w *writeback) wait() error {
	w.ended.Wait()
	return w.err
}

// syncfs makes all written files durable.
func (b *Batch) syncfs() error {
	if err := b.pool.try(stepSync); err != nil {
		return err
	}
	return os.NewSyscallError("syncfs", unix.Syncfs(b.fd()))
}
