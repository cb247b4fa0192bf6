package blob

import (
	"hash"
	"io"
	"sync"
)

// Buffers of a stage: enough for a goroutine not to wait for the other at each.
const (
	buffers    = 4
	bufferSize = 64 << 10
)

// pool has buffers that no stage has.
var pool = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// ahead reads from a reader in a goroutine of its own, which also hashes what it reads.
type ahead struct {
	full, free chan []byte
	current    []byte // what is left of buffer
	buffer     []byte
	done       chan struct{} // closed when the goroutine has ended
	quit       chan struct{}
	turn       *turn // to have while it reads and hashes, or nil
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

// run reads until there is nothing more, or until Close.
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

// step reads into b, and returns how much.
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

// fill reads until b is full, but for what comes slowly: then what there is.
func fill(r io.Reader, b []byte) (n int, err error) {
	for n < len(b)/2 && err == nil {
		m := 0
		m, err = r.Read(b[n:])
		n += m
	}
	return n, err
}

// ready says whether Read has not to wait.
func (a *ahead) ready() bool { return len(a.current) > 0 || len(a.full) > 0 }

// await waits until there is something to read, or nothing more. It says which.
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

// Close ends the goroutine, which must not be stuck in its reader. Then hash, size and
// err are settled.
func (a *ahead) Close() {
	select {
	case <-a.quit:
	default:
		close(a.quit)
	}
	for b := range a.full { // so that it can finish
		a.free <- b[:bufferSize]
	}
	<-a.done
	for range len(a.free) {
		pool.Put((*[bufferSize]byte)(<-a.free))
	}
}
