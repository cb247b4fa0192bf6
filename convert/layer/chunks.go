package layer

import (
	"context"
	"sync"
	"sync/atomic"
)

// Numbers of chunks: of each layer, shared by all layers of the process, and of one file. They
// limit memory, and how far the reader may be ahead of the workers.
//
// One chunk is enough for a layer to go on: all chunks for which the reader waits are with workers,
// and the only worker that waits for the reader is the one with the current file, which then holds
// no chunk.
const (
	chunksOwn    = 2
	chunksShared = 24
	chunksEach   = 8
)

// shared has a token for each free chunk that any layer may take.
var shared = func() chan struct{} {
	tokens := make(chan struct{}, chunksShared)
	for range chunksShared {
		tokens <- struct{}{}
	}
	return tokens
}()

// memory reuses the memory of chunks.
var memory = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// chunks are the chunks of a layer: its own, and the shared ones that it has taken.
type chunks struct {
	own   chan struct{} // a token for each free one
	taken *atomic.Int32 // number of shared ones
}

func newChunks() chunks {
	c := chunks{own: make(chan struct{}, chunksOwn), taken: new(atomic.Int32)}
	for range chunksOwn {
		c.own <- struct{}{}
	}
	return c
}

// take waits for a chunk.
func (c *chunks) take(ctx context.Context) ([]byte, error) {
	select {
	case <-c.own:
	default:
		select {
		case <-c.own:
		case <-shared:
			c.taken.Add(1)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return memory.Get().(*[chunkSize]byte)[:], nil
}

// put gives a chunk back, a shared one first because other layers may wait for it.
func (c *chunks) put(chunk []byte) {
	memory.Put((*[chunkSize]byte)(chunk[:chunkSize]))
	for n := c.taken.Load(); n > 0; n = c.taken.Load() {
		if c.taken.CompareAndSwap(n, n-1) {
			shared <- struct{}{}
			return
		}
	}
	c.own <- struct{}{}
}

// close gives the remaining shared chunks back, which were not put back after an error. No worker
// has a chunk any more.
func (c *chunks) close() {
	for range c.taken.Swap(0) {
		shared <- struct{}{}
	}
}
