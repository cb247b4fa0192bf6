//go:build linux

package driver

import "testing"

// TestConverting tells the program when the first layer begins and the last one ends.
func TestConverting(t *testing.T) {
	began, ended := 0, 0
	was := Converting
	Converting = func() func() {
		began++
		return func() { ended++ }
	}
	defer func() { Converting = was }()
	for round := 1; round <= 2; round++ {
		first, second := beginConverting(), beginConverting()
		first()
		if began != round || ended != round-1 {
			t.Errorf("round %d, one layer left: begun %d times, ended %d", round, began, ended)
		}
		second()
		if ended != round {
			t.Errorf("round %d: ended %d times", round, ended)
		}
	}
}
