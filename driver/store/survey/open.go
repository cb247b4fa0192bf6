package survey

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Open opens the merged image of a chain, the top layer first, for reading. If the store has none, it
// merges the layers in memory. It writes nothing and measures nothing, so the image may be damaged. The
// image can be read until the closer is closed. The error wraps [ErrNoImage] if there can be no image.
func Open(ctx context.Context, stores *chain.Stores, layers []Layer) (*erofs.Image, io.Closer, error) {
	c, err := mergeable(layers)
	if err != nil {
		return nil, nil, err
	}
	s := c.Segments()[0]
	path, err := images.New(stores.Primary, objects.SealNever).Find(s)
	switch {
	case err != nil:
		return nil, nil, err
	case path != "":
		return openFile(path)
	}
	var b bytes.Buffer
	if _, err := mergeNow(ctx, s.Layers, &b); err != nil {
		return nil, nil, err
	}
	image, err := erofs.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	return image, io.NopCloser(nil), err
}

func openFile(path string) (*erofs.Image, io.Closer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	var image *erofs.Image
	if err == nil {
		image, err = erofs.Open(f, info.Size())
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return image, f, nil
}
