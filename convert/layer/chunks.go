package layer

import (
	"context"
	"sync"
	"sync/atomic"
)

// How many chunks there are, which bounds memory and how far the reader may be ahead of
// the workers: those of each layer, those that all layers of the process share, and how
// many may be of one file.
//
// A layer goes on with one: whatever the reader waits for is with workers, and of these
// only the one with the file that is being read waits for the reader, empty-handed.
const (
	chunksOwn    = 2
	chunksShared = 24
	chunksEach   = 8
)

// shared has a token for each chunk that any layer may take.
var shared = func() chan struct{} {
	tokens := make(chan struct{}, chunksShared)
	for range chunksShared {
		tokens <- struct{}{}
	}
	return tokens
}()

// memory is that of chunks that no layer has, for layers that are read later or at the
// same time.
var memory = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// chunks are those of a layer: its own, and what it has taken of the shared ones.
type chunks struct {
	own   chan struct{} // a token for each that is free
	taken *atomic.Int32 // shared ones
}

func newChunks() chunks {
	c := chunks{own: make(chan struct{}, chunksOwn), taken: new(atomic.Int32)}
	for range chunksOwn {
		c.own <- struct{}{}
	}
	return c
}

// take returns a chunk when there is one.
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

// put gives a chunk back. The shared ones are given back first, for others may wait.
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

// close gives back what is left of the shared ones, when nobody has a chunk any more:
// after an error they were not put back.
func (c *chunks) close() {
	for range c.taken.Swap(0) {
		shared <- struct{}{}
	}
}
