//go:build linux

package driver

import "testing"

// TestConverting checks that Converting is called for the first conversion, and its function after the last one.
func TestConverting(t *testing.T) {
	began, ended := 0, 0
	was := Converting
	Converting = func() func() {
		began++
		return func() { ended++ }
	}
	defer func() { Converting = was }()
	for round := 1; round <= 2; round++ {
		first, second := process.conversions.begin(), process.conversions.begin()
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
