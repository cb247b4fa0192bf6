package layertest

import (
	"fmt"
	"os"
	"runtime"
	"testing"
)

// Allocated returns the number of bytes that the process allocates while fn runs.
func Allocated(fn func()) uint64 {
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	fn()
	runtime.ReadMemStats(&end)
	return end.TotalAlloc - start.TotalAlloc
}

// Resident returns the resident memory of the process in bytes, that of C included.
func Resident(t testing.TB) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
