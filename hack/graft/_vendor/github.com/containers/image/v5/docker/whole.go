package docker

// Whole reports whether this is a part that was cut out of a whole blob, since the server
// knows no ranges.
func (s signalCloseReader) Whole() bool { return s.consumeStream }

// Abort is Close for a part that cannot be read any more. Close would read on, and that
// panics.
func (s signalCloseReader) Abort() error {
	close(s.closed)
	return s.stream.Close()
}
