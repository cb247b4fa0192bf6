//go:build linux

package driver

import (
	"bytes"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/contents"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Since version 1.65, containers/storage serves layers to other programs, such as bootc, as a stream and
// the directory of the layer. For each file whose content it does not find there, the stream contains the
// content. LayerFiles of the stock driver finds contents by the table of contents of the layer, which maps
// names of the layer to names in its directory. Composefs layers have none, or one with other names, so
// the driver makes a table from the layer image.

// filesOf is LayerFiles of the stock driver. F stands for an interface that is internal to
// containers/storage.
type filesOf[F any] func(id string, bigData readBigData) (F, error)

// readBigData reads a big data item of a layer. The error wraps [fs.ErrNotExist] if it is missing.
type readBigData = func(key string) (io.ReadCloser, error)

// server is a driver that serves the files of layers. C and A are as for stager.
type server[C ~func() error, A ~struct{ Path string }, F any] struct {
	*stager[C, A]
	files filesOf[F]
}

// withFiles adds LayerFiles to the driver. files is that of the stock driver.
func withFiles[C ~func() error, A ~struct{ Path string }, F any](s *stager[C, A], files filesOf[F]) *server[C, A, F] {
	return &server[C, A, F]{s, files}
}

// LayerFiles opens the directory of a layer and finds contents in it by the names of the layer. It finds
// those that are objects, and none for a program that may only open files that everybody may read. The
// caller holds the lock of the layers, as a reader, until it closes the files.
func (s *server[C, A, F]) LayerFiles(id string, bigData readBigData) (F, error) {
	return s.files(id, s.objectNames(id, bigData))
}

// plainServer is the same for stores in which composefs cannot work. They may have composefs layers.
type plainServer[F any] struct {
	*plain
	files filesOf[F]
}

// withPlainFiles adds LayerFiles to the driver.
func withPlainFiles[F any](p *plain, files filesOf[F]) *plainServer[F] {
	return &plainServer[F]{p, files}
}

// LayerFiles is that of server.
func (p *plainServer[F]) LayerFiles(id string, bigData readBigData) (F, error) {
	return p.files(id, p.objectNames(id, bigData))
}

// objectNames returns a function that reads the table of contents that names the objects of a layer. The
// stock driver calls it for layers with an image. If the stock driver has written the image, the function
// is bigData.
func (s *stockDriver) objectNames(id string, bigData readBigData) readBigData {
	return func(key string) (io.ReadCloser, error) {
		l, err := s.stores.Find(id)
		if err != nil {
			return nil, err
		}
		f, img, err := images.OpenLayer(l)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", id, err)
		}
		defer f.Close() //nolint:errcheck // open for reading
		if img.Format() != erofs.Layer {
			return bigData(key)
		}
		text, err := contents.Table(img)
		return io.NopCloser(bytes.NewReader(text)), err
	}
}
