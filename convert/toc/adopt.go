package toc

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Adopt makes an object of a content. payload is its path below the layer's directory: two digits
// of its content sha256, a slash and the rest. size is its exact length in bytes. Adopt returns the
// fs-verity digest, and the content if it has at most [tree.InlineMax] bytes. It is called
// concurrently, and once for each file even if contents are equal. objects.Batch.Adopt is an Adopt.
type Adopt func(payload string, size int64) (d verity.Digest, content []byte, err error)

// filesMax is the number of files that may wait for a worker.
const filesMax = 64

// adopting passes files to workers, which adopt them.
type adopting struct {
	ctx   context.Context // canceled when a worker fails
	group *errgroup.Group
	adopt Adopt
	files chan file
}

// file is a file on its way.
type file struct {
	name    string
	inode   *tree.Inode
	payload string
}

func startAdopting(ctx context.Context, adopt Adopt, workers int) *adopting {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	a := &adopting{adopt: adopt, files: make(chan file, filesMax)}
	a.group, a.ctx = errgroup.WithContext(ctx)
	for range workers {
		a.group.Go(a.work)
	}
	return a
}

// add sends a file to a worker, which sets the inode's Digest, Payload and Content.
func (a *adopting) add(f file) error {
	select {
	case a.files <- f:
		return nil
	case <-a.ctx.Done():
		return a.ctx.Err()
	}
}

// wait waits until all files are adopted. It returns the first error of a worker, unless err is an
// earlier cause.
func (a *adopting) wait(err error) error {
	close(a.files)
	if adopted := a.group.Wait(); adopted != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return adopted
	}
	return err
}

func (a *adopting) work() error {
	for f := range a.files {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		if err := a.keep(f); err != nil {
			return fmt.Errorf("entry %q: %w", f.name, err)
		}
	}
	return nil
}

// keep adopts a file.
func (a *adopting) keep(f file) error {
	n := f.inode
	d, content, err := a.adopt(f.payload, int64(n.Size))
	if err != nil {
		return err
	}
	n.Digest, n.Payload = d, tree.ByDigest
	if n.Size > tree.InlineMax {
		return nil
	}
	if uint64(len(content)) != n.Size {
		return fmt.Errorf("payload %s has %d bytes, want %d", f.payload, len(content), n.Size)
	}
	n.Content = string(content)
	return nil
}
