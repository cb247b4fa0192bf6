package layer

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Store takes the contents of a layer's files. Its methods are called concurrently.
// An objects.Batch is one.
type Store interface {
	// Add stores a content and returns its fs-verity digest. It does not keep the
	// slice.
	Add(content []byte) (verity.Digest, error)

	// AddFrom stores the size bytes that r yields. It is an error if r yields
	// more or less.
	AddFrom(r io.Reader, size int64) (verity.Digest, error)
}

// A StoreByPlace has a store of its own for each content.
type StoreByPlace interface {
	Store

	// At returns the store for the content that is at offset in the tar, of size
	// bytes. It is called for each, in their order, before the content is read.
	At(offset, size int64) (Store, error)
}

// Options control [Read].
type Options struct {
	// Workers is how many files are hashed and stored at a time, 0 for the number
	// of processors. The result does not depend on it.
	Workers int

	// Added is called for each entry that was added, in their order, if it is not nil.
	Added func(*tar.Header)
}

// Read reads an uncompressed layer tar and returns its tree. It reads r to its end,
// past the tar's end marker, so that whoever listens hears every byte. An error of
// the tar or of the store names the entry.
//
// Every file that is not empty has Digest and Payload, and up to [tree.InlineMax] bytes
// its Content too. Beyond the tree, memory is a few megabytes whatever the tar holds.
func Read(ctx context.Context, r io.Reader, store Store, opts Options) (*tree.Tree, error) {
	in := bufio.NewReaderSize(&cancelable{ctx, r}, bufferSize)
	at := &counter{r: in}
	tr := tar.NewReader(at)
	c := startContents(ctx, store, opts.Workers)
	b := NewBuilder(func(name string, n *tree.Inode) error {
		return inWords(c.add(name, n, at.n, int64(n.Size), tr))
	})
	err := readAll(c.ctx, tr, b, opts.Added)
	stored := c.wait()
	if stored != nil && (err == nil || errors.Is(err, context.Canceled)) {
		err = stored // which is why readAll was canceled, if it was
	}
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return nil, fmt.Errorf("after the end of the tar: %w", err)
	}
	return b.Tree(), nil
}

// counter counts what is read. archive/tar reads nothing ahead.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// cancelable is a reader that ends with its context: no entry may come for long.
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

// readAll adds every entry of the tar, and calls added for it.
func readAll(ctx context.Context, tr *tar.Reader, b *Builder, added func(*tar.Header)) error {
	last := ""
	for {
		hdr, err := tr.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			return nil
		}
		if err != nil {
			if last == "" {
				return fmt.Errorf("the first entry: %w", inWords(err))
			}
			return fmt.Errorf("after entry %q: %w", last, inWords(err))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.Add(hdr); err != nil {
			return err
		}
		if last = hdr.Name; added != nil {
			added(hdr)
		}
	}
}

// inWords says in words what an error of archive/tar means, and so that who looks for the
// words of containers/storage finds them. One of the reader or the store that wraps the
// same is left alone.
func inWords(err error) error {
	switch err { //nolint:errorlint // see above
	case io.ErrUnexpectedEOF:
		return fmt.Errorf("the tar is truncated: %w", io.ErrUnexpectedEOF)
	case tar.ErrHeader:
		return errors.New("invalid tar header")
	}
	return err
}
