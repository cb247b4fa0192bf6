package layer

import (
	"archive/tar"
	"bufio"
	"context"
	"io"
)

// bufferSize is the size of the buffer for a tar in bytes. Chunks bypass it.
const bufferSize = 64 << 10

// Entries reads the entries of a tar, one after the other. An implementation may write a description of
// the tar on the way, such as a tar-split.
type Entries interface {
	// Next advances to the next entry, past what Read has not read of the current one. It returns
	// io.EOF at the end.
	Next() (*tar.Header, error)

	// Read reads the content of the current entry, and returns io.EOF at its end.
	Read(p []byte) (int, error)

	// Offset returns the number of bytes of the tar that were read. After Next it is the offset of
	// the content.
	Offset() int64

	// Rest reads the rest of the tar, past its end marker.
	Rest() error
}

// tarEntries reads the entries of a tar as they are.
type tarEntries struct {
	*tar.Reader
	at counter
}

// NewEntries returns the entries of a tar. Reading ends with ctx.
func NewEntries(ctx context.Context, r io.Reader) Entries {
	e := &tarEntries{at: counter{r: bufio.NewReaderSize(&cancelable{ctx, r}, bufferSize)}}
	e.Reader = tar.NewReader(&e.at)
	return e
}

func (e *tarEntries) Offset() int64 { return e.at.n }

func (e *tarEntries) Rest() error {
	_, err := io.Copy(io.Discard, &e.at)
	return err
}

// counter counts the bytes read. archive/tar does not read ahead.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// cancelable is a reader that ends with its context: the next entry may be far away.
type cancelable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
