package objects

import (
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// writebackStep is after how many bytes a batch has the kernel bring them on disk. It is a
// variable for tests.
var writebackStep int64 = 64 << 20

// writeback brings on disk what a batch writes, while it goes on writing. The kernel's own
// timers would leave most of a layer to the end, where [Batch.Commit] waits for the disk
// and the processors for nothing.
type writeback struct {
	dirty   atomic.Int64 // bytes since it was last started
	running sync.Mutex
	ended   sync.WaitGroup
	err     error // the first one: Linux tells each only once
}

// wrote notes that so many bytes are being written.
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

// wait waits until nothing is brought on disk any more, and returns what went wrong.
func (w *writeback) wait() error {
	w.ended.Wait()
	return w.err
}

// syncfs makes all that was written durable.
func (b *Batch) syncfs() error {
	if err := b.pool.try(stepSync); err != nil {
		return err
	}
	return os.NewSyscallError("syncfs", unix.Syncfs(b.fd()))
}
