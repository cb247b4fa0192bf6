package blob

import (
	"crypto/sha256"
	"io"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// wait returns when so many wait for a turn.
func (t *turns) wait(n int) {
	for {
		t.mutex.Lock()
		waiting := len(t.waiting)
		t.mutex.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}

// TestTurns checks that no more than two have a turn at a time, and that the largest
// blobs come first, an unknown size being large.
func TestTurns(t *testing.T) {
	all := &turns{free: 2}
	first, second := all.of(1), all.of(1)
	first.take()
	second.take()
	var group sync.WaitGroup
	var order []int64
	for i, size := range []int64{5, 7, -1, 6, 7} {
		next := all.of(size)
		group.Add(1)
		go func() {
			defer group.Done()
			next.take()
			order = append(order, size) // as long as the second one keeps its turn, one at a time
			next.give()
		}()
		all.wait(i + 1)
	}
	if !first.give() || first.give() {
		t.Error("a turn was not given once")
	}
	group.Wait()
	if want := []int64{-1, 7, 7, 6, 5}; !slices.Equal(order, want) {
		t.Errorf("they came in the order %v, want %v", order, want)
	}
	second.give()
	if all.free != 2 {
		t.Errorf("%d turns are free in the end, want 2", all.free)
	}
}

// TestTurnsOfTheNetwork checks that a layer has no turn while it waits for the network.
func TestTurnsOfTheNetwork(t *testing.T) {
	all := &turns{free: 1}
	network, sent := io.Pipe()
	compressed := newAhead(network, sha256.New(), nil)
	defer compressed.Close()
	turn := all.of(10)
	plain := newAhead(turnReader{compressed, turn}, sha256.New(), turn)
	defer plain.Close()
	other := all.of(1)
	for _, text := range []string{"some", "more"} {
		other.take() // for ever, unless the first one gives its turn
		other.give()
		if _, err := sent.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	_ = sent.Close()
	if got, err := io.ReadAll(plain); err != nil || string(got) != "somemore" {
		t.Errorf("read %q, %v", got, err)
	}
}
