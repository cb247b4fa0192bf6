package layer

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Store stores the contents of a layer's files. Its methods are called concurrently. An
// objects.Batch is a Store.
type Store interface {
	// Add stores a content and returns its fs-verity digest. It does not keep the
	// slice.
	Add(content []byte) (verity.Digest, error)

	// AddFrom stores the size bytes that r yields and returns their fs-verity digest. It is an
	// error if r yields more or fewer.
	AddFrom(r io.Reader, size int64) (verity.Digest, error)
}

// A StoreByPlace has a separate store for each content.
type StoreByPlace interface {
	Store

	// At returns the store for the content of size bytes at offset in the tar. It is called for
	// each content in the order of the tar, before the content is read.
	At(offset, size int64) (Store, error)
}

// Options control [Read].
type Options struct {
	// Algorithm is that of the image digest, 0 for sha256. Give that of the store.
	Algorithm verity.Algorithm

	// Workers is the number of files that are hashed and stored at a time, 0 for the number of
	// processors. The result does not depend on it.
	Workers int

	// Added, if not nil, is called for each added entry in the order of the tar.
	Added func(*tar.Header)
}

// Read reads an uncompressed layer tar and returns its tree. It reads r to its end, past the tar's
// end marker, so that a tee sees every byte. An error of the tar or of the store names the entry.
//
// In the tree, every file that is not empty has Digest and Payload, and files of up to
// [tree.InlineMax] bytes have Content too. Read needs a few megabytes of memory beyond the tree,
// independent of the tar.
func Read(ctx context.Context, r io.Reader, store Store, opts Options) (*tree.Tree, error) {
	return ReadEntries(ctx, NewEntries(ctx, r), store, opts)
}

// ReadEntries is [Read] for a tar whose entries are read by e.
func ReadEntries(ctx context.Context, e Entries, store Store, opts Options) (*tree.Tree, error) {
	c := startContents(ctx, store, opts.Workers)
	b := NewBuilder(func(name string, n *tree.Inode) error {
		return inWords(c.add(name, n, e.Offset(), int64(n.Size), e))
	})
	err := readAll(c.ctx, e, b, opts.Added)
	stored := c.wait()
	if stored != nil && (err == nil || errors.Is(err, context.Canceled)) {
		err = stored // the cause, if readAll was canceled
	}
	if err != nil {
		return nil, err
	}
	if err := e.Rest(); err != nil {
		return nil, fmt.Errorf("after the end of the tar: %w", err)
	}
	return b.Tree(), nil
}

// readAll adds every entry of the tar, and calls added for it.
func readAll(ctx context.Context, e Entries, b *Builder, added func(*tar.Header)) error {
	last := ""
	for {
		hdr, err := e.Next()
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

// inWords explains an error of archive/tar, with the words of containers/storage so that users can
// search for them. It does not change an error of the reader or the store that wraps the same
// error.
func inWords(err error) error {
	switch err {
	case io.ErrUnexpectedEOF: //nolint:errorlint // one of the reader that wraps the same is left alone
		return fmt.Errorf("the tar is truncated: %w", io.ErrUnexpectedEOF)
	case tar.ErrHeader:
		return errors.New("invalid tar header")
	}
	return err
}
