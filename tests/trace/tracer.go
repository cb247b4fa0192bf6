//go:build linux

package trace

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Tracer traces the process it is in. It is not for concurrent use.
type Tracer struct {
	asks    *json.Encoder
	answers *json.Decoder
}

// Fault has a change fail, or the process killed before it. The zero value does nothing.
type Fault struct {
	At    int    // number of the change, from 0
	Op    Op     // of the changes that are counted, "" for all
	Path  string // with which their paths begin
	Rest  bool   // later ones fail too
	Errno unix.Errno
	Kill  bool
}

// newTracer returns the tracer of a process that has the pipes to one.
var newTracer = sync.OnceValue(func() *Tracer {
	return &Tracer{json.NewEncoder(os.NewFile(3, "asks")), json.NewDecoder(os.NewFile(4, "answers"))}
})

// Do calls fn and returns the changes below root that the process begins in that time, in their
// order. hit reports that the fault happened.
func (r *Tracer) Do(root string, f Fault, fn func()) (changes []Change, hit bool) {
	r.ask(order{Root: root, Fault: f})
	fn()
	found := r.ask(order{End: true})
	return found.Changes, found.Hit
}

func (r *Tracer) ask(o order) (found report) {
	err := r.asks.Encode(o)
	if err == nil {
		err = r.answers.Decode(&found)
	}
	if err != nil {
		panic(fmt.Sprint("tracer: ", err))
	}
	return found
}
