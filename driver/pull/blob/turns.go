package blob

import (
	"math"
	"runtime"
	"sync"
)

// turns is a semaphore that limits the number of layers that are decompressed at once to the number of
// processors. The largest waiting blob is next, because one processor decompresses a layer, and all
// others would wait for a large one that starts late. A layer has no turn while it waits for the
// network, so that all layers share a slow network.
type turns struct {
	mutex   sync.Mutex
	free    int
	waiting []*turn // in the order of their calls
}

// decompressing are the turns of all layers of the process. A process has one set of processors,
// however many drivers it makes.
var decompressing = &turns{free: runtime.GOMAXPROCS(0)}

// turn is the turn of one layer.
type turn struct {
	all   *turns
	size  int64 // of the blob
	has   bool
	ready chan struct{}
}

// of returns the turn of a blob with that size in bytes, -1 if it is unknown.
func (t *turns) of(size int64) *turn {
	if size < 0 {
		size = math.MaxInt64
	}
	return &turn{all: t, size: size, ready: make(chan struct{}, 1)}
}

// take waits for the turn.
func (t *turn) take() {
	all := t.all
	all.mutex.Lock()
	if all.free > 0 {
		all.free--
		all.mutex.Unlock()
	} else {
		all.waiting = append(all.waiting, t)
		all.mutex.Unlock()
		<-t.ready
	}
	t.has = true
}

// give ends the turn. Without a turn it does nothing and returns false.
func (t *turn) give() (had bool) {
	if !t.has {
		return false
	}
	t.has = false
	all := t.all
	all.mutex.Lock()
	defer all.mutex.Unlock()
	if len(all.waiting) == 0 {
		all.free++
		return true
	}
	next := 0
	for i, w := range all.waiting {
		if w.size > all.waiting[next].size {
			next = i
		}
	}
	all.waiting[next].ready <- struct{}{}
	all.waiting = append(all.waiting[:next], all.waiting[next+1:]...)
	return true
}

// turnReader reads from a stage and gives its turn away while it waits.
type turnReader struct {
	*ahead
	turn *turn
}

func (p turnReader) Read(b []byte) (int, error) {
	if !p.ready() && p.turn.give() {
		p.await()
		p.turn.take()
	}
	return p.ahead.Read(b)
}
