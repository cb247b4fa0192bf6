package layer

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// chunkSize is the size of a piece of content on its way to a worker, in bytes.
const chunkSize = 128 << 10

// contents passes the contents of files to workers, which store them while the reader goes on.
type contents struct {
	ctx   context.Context // canceled when a worker fails
	store Store
	group *errgroup.Group
	files chan *file
	free  chunks
}

// file is a file on its way. Most fit into one chunk.
type file struct {
	name  string
	inode *tree.Inode
	store Store
	size  int64
	chunk []byte      // the current chunk
	rest  []byte      // its unread part
	more  chan []byte // the following chunks, nil for a single one
	err   error       // the reason of an early end, set before more is closed
	free  *chunks
}

func startContents(ctx context.Context, store Store, workers int) *contents {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	c := &contents{store: store, files: make(chan *file, chunksOwn+chunksShared), free: newChunks()}
	c.group, c.ctx = errgroup.WithContext(ctx)
	for range workers {
		c.group.Go(c.work)
	}
	return c
}

// add reads the content of a file from r and sends it to a worker, which sets the inode's Digest,
// Payload and Content. offset is the content's offset in the tar.
func (c *contents) add(name string, n *tree.Inode, offset, size int64, r io.Reader) error {
	f := &file{name: name, inode: n, store: c.store, size: size, free: &c.free}
	var err error
	if s, ok := c.store.(StoreByPlace); ok {
		if f.store, err = s.At(offset, size); err != nil {
			return err
		}
	}
	if f.chunk, err = c.read(r, size); err != nil {
		return err
	}
	f.rest = f.chunk
	left := size - int64(len(f.chunk))
	if left > 0 {
		f.more = make(chan []byte, chunksEach)
		defer close(f.more)
	}
	if err := send(c.ctx, c.files, f); err != nil {
		return err
	}
	for left > 0 {
		chunk, err := c.read(r, left)
		if err == nil {
			err = send(c.ctx, f.more, chunk)
		}
		if err != nil {
			f.err = err
			return err
		}
		left -= int64(len(chunk))
	}
	return nil
}

// read reads a chunk of at most size bytes.
func (c *contents) read(r io.Reader, size int64) ([]byte, error) {
	chunk, err := c.free.take(c.ctx)
	if err != nil {
		return nil, err
	}
	chunk = chunk[:min(size, chunkSize)]
	_, err = io.ReadFull(r, chunk)
	if err == io.EOF { //nolint:errorlint // the contract of io.ReadFull
		err = io.ErrUnexpectedEOF
	}
	return chunk, err
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait waits until everything is stored and returns the first error of the store.
func (c *contents) wait() error {
	close(c.files)
	err := c.group.Wait()
	c.free.close()
	return err
}

func (c *contents) work() error {
	for f := range c.files {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if err := c.keep(f); err != nil {
			return fmt.Errorf("entry %q: %w", f.name, err)
		}
	}
	return nil
}

// keep stores a file.
func (c *contents) keep(f *file) error {
	if f.more != nil {
		d, err := f.store.AddFrom(f, f.size)
		f.settle(d)
		if err == nil { // reading the end frees the last chunk, and the store may not have read it
			_, err = f.WriteTo(io.Discard)
		}
		return err
	}
	d, err := f.store.Add(f.chunk)
	f.settle(d)
	if f.size <= tree.InlineMax {
		f.inode.Content = string(f.chunk)
	}
	c.free.put(f.chunk)
	return err
}

// settle sets the inode's Digest and Payload.
func (f *file) settle(d verity.Digest) {
	f.inode.Digest, f.inode.Payload = d, tree.ByDigest
}

// fill fetches the next chunk if rest is empty. It returns io.EOF at the end.
func (f *file) fill() error {
	if len(f.rest) > 0 {
		return nil
	}
	if f.chunk != nil {
		f.free.put(f.chunk)
	}
	var ok bool
	if f.chunk, ok = <-f.more; !ok {
		f.chunk = nil
		if f.err != nil {
			return f.err
		}
		return io.EOF
	}
	f.rest = f.chunk
	return nil
}

// Read reads the content.
func (f *file) Read(p []byte) (int, error) {
	if err := f.fill(); err != nil {
		return 0, err
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// WriteTo writes the content chunk by chunk, without a copy.
func (f *file) WriteTo(w io.Writer) (written int64, err error) {
	for {
		err := f.fill()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return written, nil
		}
		if err != nil {
			return written, err
		}
		n, err := w.Write(f.rest)
		written += int64(n)
		f.rest = f.rest[n:]
		if err != nil {
			return written, err
		}
	}
}
