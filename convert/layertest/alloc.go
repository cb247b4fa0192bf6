package layertest

import "runtime"

// Allocated returns how many bytes the process allocates while fn runs.
func Allocated(fn func()) uint64 {
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	fn()
	runtime.ReadMemStats(&end)
	return end.TotalAlloc - start.TotalAlloc
}
