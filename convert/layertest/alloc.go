package layertest

import "runtime"

// Allocated returns the number of bytes that the process allocates while fn runs.
func Allocated(fn func()) uint64 {
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	fn()
	runtime.ReadMemStats(&end)
	return end.TotalAlloc - start.TotalAlloc
}
