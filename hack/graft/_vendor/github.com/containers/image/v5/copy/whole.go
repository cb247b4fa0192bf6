package copy

// Whole and Abort forward to the graft of package docker, which partialProgressReader
// hides (progress.patch).

// Whole reports whether the server sent the whole blob for this part.
func (r partialProgressReader) Whole() bool {
	w, ok := r.ReadCloser.(interface{ Whole() bool })
	return ok && w.Whole()
}

// Abort closes a part that returned an error.
func (r partialProgressReader) Abort() error {
	if a, ok := r.ReadCloser.(interface{ Abort() error }); ok {
		return a.Abort()
	}
	return r.Close()
}
