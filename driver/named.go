//go:build linux

package driver

import (
	"io"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// named is a store for the contents of a zstd:chunked layer. Besides the objects' names
// they get those by sha256, in which the stock differ looks for them when it pulls
// another layer.
type named struct {
	*objects.Batch
	layout *blob.Layout
}

// At implements layer.StoreByPlace.
func (n named) At(offset, size int64) (layer.Store, error) {
	sum, err := n.layout.Content(offset, size)
	if err != nil {
		return nil, err
	}
	payload, err := toc.Payload(string(sum))
	if err != nil {
		return nil, err
	}
	return namedContent{n.Batch, payload}, nil
}

// namedContent is a store for one content.
type namedContent struct {
	batch   *objects.Batch
	payload string
}

// Add implements layer.Store.
func (n namedContent) Add(content []byte) (verity.Digest, error) {
	d, err := n.batch.Add(content)
	if err == nil {
		err = n.batch.Name(d, int64(len(content)), n.payload)
	}
	return d, err
}

// AddFrom implements layer.Store.
func (n namedContent) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	d, err := n.batch.AddFrom(r, size)
	if err == nil {
		err = n.batch.Name(d, size, n.payload)
	}
	return d, err
}
