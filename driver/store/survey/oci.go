package survey

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// OCI returns the digest of the canonical form of a chain's merged image, top layer first. It merges
// the layers, whether a merged image exists or not. The error wraps [ErrNoImage] if the chain cannot
// have one.
func OCI(ctx context.Context, layers []Layer, opts convert.OCIOptions) (d convert.OCIDigest, err error) {
	c, err := mergeable(layers)
	if err != nil {
		return d, err
	}
	in := &inputs{}
	defer in.close()
	if err := in.open(c); err != nil {
		return d, err
	}
	opts.Object = in.object
	return convert.OCI(ctx, in.sources, opts)
}

// inputs are the open layers of a chain, for a merge that does not change the store.
type inputs struct {
	sources []convert.Source
	diffs   []*os.Root
	closers []io.Closer

	mu     sync.Mutex
	stocks map[verity.Digest]stockFile
}

// stockFile is the place of a content in a stock layer.
type stockFile struct {
	diff *os.Root
	path string
}

// open opens layers, top first.
func (in *inputs) open(layers []chain.Layer) error {
	in.stocks = map[verity.Digest]stockFile{}
	for _, l := range slices.Backward(layers) {
		f, img, err := images.OpenLayer(l)
		if err != nil {
			return err
		}
		in.closers = append(in.closers, f)
		diff, err := os.OpenRoot(l.Diff())
		if err != nil {
			return err
		}
		in.closers = append(in.closers, diff)
		in.diffs = append(in.diffs, diff)
		algorithm, err := objects.AlgorithmOf(l.Store.Pool(), 0)
		if err != nil {
			return err
		}
		in.sources = append(in.sources, convert.Source{Image: img, Adopt: func(payload string, size int64) (verity.Digest, []byte, error) {
			d, content, err := readPayload(diff, payload, size, algorithm)
			in.mu.Lock()
			defer in.mu.Unlock()
			in.stocks[d] = stockFile{diff, payload}
			return d, content, err
		}})
	}
	return nil
}

func (in *inputs) close() {
	for _, c := range in.closers {
		_ = c.Close() // open for reading
	}
}

// object opens an object of the layers.
func (in *inputs) object(d verity.Digest) (io.ReadCloser, error) {
	in.mu.Lock()
	stock, ok := in.stocks[d]
	in.mu.Unlock()
	if ok {
		return openPayload(stock.diff, stock.path)
	}
	for _, diff := range in.diffs {
		f, err := openPayload(diff, tree.ObjectPath(d))
		if !errors.Is(err, os.ErrNotExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("object %s: %w", d, os.ErrNotExist)
}

// openPayload opens a file in the object directory of a layer.
func openPayload(diff *os.Root, payload string) (*os.File, error) {
	return diff.OpenFile(payload, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a fifo must not block
}

// readPayload returns the results of adopting a file of a stock layer, without adopting it.
func readPayload(diff *os.Root, payload string, size int64, a verity.Algorithm) (d verity.Digest, content []byte, err error) {
	f, err := openPayload(diff, payload)
	if err != nil {
		return d, nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if size <= tree.InlineMax {
		content = make([]byte, size)
		_, err = io.ReadFull(f, content)
		return a.Sum(content), content, err
	}
	d, n, err := a.SumFile(f)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes, want %d", n, size)
	}
	return d, nil, err
}
