//go:build linux

package pull

import (
	"io"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// tocStore is a store for the contents of a zstd:chunked layer. It also names them by sha256, because
// the stock differ looks for these names when it pulls another layer.
type tocStore struct {
	*objects.Batch
	layout *blob.Layout
}

// At implements layer.StoreByPlace.
func (s tocStore) At(offset, size int64) (layer.Store, error) {
	sum, err := s.layout.Content(offset, size)
	if err != nil {
		return nil, err
	}
	payload, err := toc.Payload(string(sum))
	if err != nil {
		return nil, err
	}
	return tocContent{s.Batch, payload}, nil
}

// tocContent is a store for one content.
type tocContent struct {
	batch   *objects.Batch
	payload string
}

// Add implements layer.Store.
func (c tocContent) Add(content []byte) (verity.Digest, error) {
	d, err := c.batch.Add(content)
	if err == nil {
		err = c.batch.Name(d, int64(len(content)), c.payload)
	}
	return d, err
}

// AddFrom implements layer.Store.
func (c tocContent) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	d, err := c.batch.AddFrom(r, size)
	if err == nil {
		err = c.batch.Name(d, size, c.payload)
	}
	return d, err
}
