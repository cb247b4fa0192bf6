package main

import (
	"testing"
	"time"
)

// TestStatCPU checks that the times are those of the process and of its children, also if the name of
// the program looks like other fields.
func TestStatCPU(t *testing.T) {
	const stat = "71 (a) S 9 9) S 1 71 71 0 -1 4194560 100 200 0 0 1000 200 30 4 20 0 12 0 555 666 777"
	if got, err := statCPU(stat); got != 12340*time.Millisecond || err != nil {
		t.Errorf("%v, %v; want 12.34s", got, err)
	}
	for _, bad := range []string{"", "71 (a) S 1 71", "71 (a) S 1 71 71 0 -1 4194560 100 200 0 0 1000 two 30 4 20 0"} {
		if got, err := statCPU(bad); err == nil {
			t.Errorf("%q: %v", bad, got)
		}
	}
}
