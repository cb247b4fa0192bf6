package erofs

import (
	"io"
	"iter"
	"runtime"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Write writes the image of t to w in one stream and returns its size in bytes, a multiple of 4096.
// The bytes depend on t, and opts.Format only. To get the image digest, let w write
// to a verity.Hash.
//
// Write does not change t. For a tree that has no image it returns an *[EntryError] before it
// writes anything; it returns errors of w unchanged.
//
// Beyond the tree itself it needs about 100 bytes of memory for each inode, the shared xattrs, and
// a few buffers.
func Write(w io.Writer, t *tree.Tree, opts Options) (int64, error) {
	p, err := newPlan(t, opts)
	if err != nil {
		return 0, err
	}
	p.survey()
	p.measure()
	return p.write(w)
}

// pieceSize is the approximate size in bytes of a piece.
const pieceSize = 256 << 10

// piece is a part of the image. Its bytes depend on the plan only.
type piece struct {
	start int64
	emit  func(*emitter)
}

// pieces yields the parts of the image in order.
func (p *plan) pieces() iter.Seq[piece] {
	return func(yield func(piece) bool) {
		if !yield(piece{0, (*emitter).emitHeaders}) {
			return
		}
		place := func(i int) int64 { return p.nodes[i].pos }
		first := int64(disk.InodesOffset)
		if !p.split(first, place, (*emitter).emitInodes, yield) ||
			!yield(piece{p.inodesEnd, (*emitter).emitShared}) {
			return
		}
		next := p.dataStart // start of the blocks of inode i
		place = func(i int) int64 {
			if p.nodes[i].blocks > 0 {
				next = int64(p.nodes[i].block) * disk.BlockSize
			}
			return next
		}
		p.split(p.dataStart, place, (*emitter).emitBlocks, yield)
	}
}

// split yields the output of emit for all nodes in pieces. It calls place once for each node, in
// order, for the start of the node's part.
func (p *plan) split(start int64, place func(i int) int64, emit func(e *emitter, from, to int), yield func(piece) bool) bool {
	from := 0
	for i := range p.nodes {
		at := place(i)
		if at-start < pieceSize {
			continue
		}
		if !yield(rangePiece(start, emit, from, i)) {
			return false
		}
		start, from = at, i
	}
	return yield(rangePiece(start, emit, from, len(p.nodes)))
}

func rangePiece(start int64, emit func(e *emitter, from, to int), from, to int) piece {
	return piece{start, func(e *emitter) { emit(e, from, to) }}
}

// pieceBuffers reuses the memory of written pieces.
var pieceBuffers sync.Pool

// write writes the image. It encodes pieces on all processors and writes them in order. When it
// returns, no goroutine reads the tree any more.
func (p *plan) write(w io.Writer) (written int64, err error) {
	encoded := make(chan chan []byte, runtime.GOMAXPROCS(0))
	stop := make(chan struct{})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)
	running.Add(1)
	go func() {
		defer running.Done()
		defer close(encoded)
		for piece := range p.pieces() {
			result := make(chan []byte, 1)
			select {
			case encoded <- result:
			case <-stop:
				return
			}
			running.Add(1)
			go func() {
				defer running.Done()
				buf, _ := pieceBuffers.Get().([]byte)
				if buf == nil {
					buf = make([]byte, 0, pieceSize+pieceSize/4)
				}
				e := p.emitter(&output{offset: piece.start, buf: buf[:0]})
				piece.emit(e)
				result <- e.out.buf
			}()
		}
	}()
	for result := range encoded {
		buf := <-result
		n, err := w.Write(buf)
		written += int64(n)
		if err != nil {
			return written, err
		}
		pieceBuffers.Put(buf) //nolint:staticcheck // a slice header is small compared with the buffer
	}
	return written, nil
}
