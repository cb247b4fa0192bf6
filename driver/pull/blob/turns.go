package blob

import (
	"math"
	"runtime"
	"sync"
)

// turns limits how many layers are decompressed at a time to what the processors can do,
// and lets the largest blobs go first: a layer is decompressed by one processor, so what
// begins late and takes long would keep the others waiting in the end. A layer that waits
// for the network has no turn, so slow networks are used by all layers at once.
type turns struct {
	mutex   sync.Mutex
	free    int
	waiting []*turn // in the order in which they came
}

// decompressing are the turns that all layers of the process share.
var decompressing = &turns{free: runtime.GOMAXPROCS(0)}

// turn is what one layer does in turns.
type turn struct {
	all   *turns
	size  int64 // of the blob
	has   bool
	ready chan struct{}
}

// of returns the turn of a blob of that size, -1 if unknown.
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

// give ends the turn. Who has none may say so too.
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

// patient reads from a stage, and has no turn while it waits for it.
type patient struct {
	*ahead
	turn *turn
}

func (p patient) Read(b []byte) (int, error) {
	if !p.ready() && p.turn.give() {
		p.await()
		p.turn.take()
	}
	return p.ahead.Read(b)
}
