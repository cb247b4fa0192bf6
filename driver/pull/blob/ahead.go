package blob

import (
	"hash"
	"io"
	"sync"
)

// Buffers of a stage, so that the two goroutines rarely wait for one another.
const (
	buffers    = 4
	bufferSize = 64 << 10
)

// pool contains the buffers that no stage uses.
var pool = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// ahead is a stage: its goroutine reads from a reader and hashes the bytes ahead of Read.
type ahead struct {
	full, free chan []byte
	current    []byte // the unread rest of buffer
	buffer     []byte
	done       chan struct{} // closed at the end of the goroutine
	quit       chan struct{}
	turn       *turn // taken to read and hash, or nil
	hash       hash.Hash
	size       int64
	err        error
}

func newAhead(r io.Reader, h hash.Hash, t *turn) *ahead {
	a := &ahead{
		turn: t,
		full: make(chan []byte, buffers),
		free: make(chan []byte, buffers),
		done: make(chan struct{}),
		quit: make(chan struct{}),
		hash: h,
	}
	for range buffers {
		a.free <- pool.Get().(*[bufferSize]byte)[:]
	}
	go a.run(r)
	return a
}

// run reads until an error, the end, or Close.
func (a *ahead) run(r io.Reader) {
	defer close(a.done)
	defer close(a.full)
	for a.err == nil {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.quit:
			a.err = io.ErrClosedPipe
			return
		}
		a.full <- b[:a.step(r, b)]
	}
}

// step reads into b and returns the number of bytes.
func (a *ahead) step(r io.Reader, b []byte) (n int) {
	if a.turn != nil {
		a.turn.take()
		defer a.turn.give()
	}
	n, a.err = fill(r, b)
	a.hash.Write(b[:n])
	a.size += int64(n)
	return n
}

// fill reads until at least half of b is full, or until an error.
func fill(r io.Reader, b []byte) (n int, err error) {
	for n < len(b)/2 && err == nil {
		m := 0
		m, err = r.Read(b[n:])
		n += m
	}
	return n, err
}

// ready reports whether Read returns without waiting.
func (a *ahead) ready() bool { return len(a.current) > 0 || len(a.full) > 0 }

// await waits for data and returns true, or for the end and returns false.
func (a *ahead) await() bool {
	for len(a.current) == 0 {
		if a.buffer != nil {
			a.free <- a.buffer[:bufferSize]
			a.buffer = nil
		}
		b, ok := <-a.full
		if !ok {
			return false
		}
		a.current, a.buffer = b, b
	}
	return true
}

func (a *ahead) Read(p []byte) (int, error) {
	if !a.await() {
		return 0, a.err // io.EOF at the end
	}
	n := copy(p, a.current)
	a.current = a.current[n:]
	return n, nil
}

// Close ends the goroutine, which must not be blocked in its reader. Afterwards hash, size and err
// are final.
func (a *ahead) Close() {
	select {
	case <-a.quit:
	default:
		close(a.quit)
	}
	for b := range a.full { // unblocks the goroutine
		a.free <- b[:bufferSize]
	}
	<-a.done
	for range len(a.free) {
		pool.Put((*[bufferSize]byte)(<-a.free))
	}
}
