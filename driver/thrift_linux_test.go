package driver

import (
	"runtime/debug"
	"testing"
)

// percent returns what the garbage collector is set to.
func percent() int {
	now := debug.SetGCPercent(100)
	debug.SetGCPercent(now)
	return now
}

// TestThrift checks that what a program has set comes back when the last layer is
// converted, and that what it has set for a reason is left alone.
func TestThrift(t *testing.T) {
	t.Cleanup(func(was int) func() { return func() { debug.SetGCPercent(was) } }(percent()))
	for _, c := range []struct{ before, during int }{{100, thriftPercent}, {400, thriftPercent}, {20, 20}, {-1, -1}} {
		debug.SetGCPercent(c.before)
		first, second := beThrifty(), beThrifty()
		first()
		if got := percent(); got != c.during {
			t.Errorf("%d: %d while layers are converted, want %d", c.before, got, c.during)
		}
		second()
		if got := percent(); got != c.before {
			t.Errorf("%d: %d afterwards", c.before, got)
		}
	}
	debug.SetGCPercent(100)
	end := beThrifty()
	debug.SetGCPercent(300) // somebody else
	end()
	if got := percent(); got != 300 {
		t.Errorf("%d afterwards, want 300, which was set meanwhile", got)
	}
}
