package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/containers/image/v5/docker"
	dockerarchive "github.com/containers/image/v5/docker/archive"
	"github.com/containers/image/v5/image"
	ociarchive "github.com/containers/image/v5/oci/archive"
	"github.com/containers/image/v5/oci/layout"
	"github.com/containers/image/v5/pkg/blobinfocache/none"
	"github.com/containers/image/v5/pkg/compression"
	"github.com/containers/image/v5/types"
)

// Layer is a layer that can be read.
type Layer struct {
	// DiffID is the digest of the layer's tar, Digest that of its blob, each with
	// "sha256:" before it, as the image says, or "" where nothing says it.
	DiffID, Digest string

	// Open returns the layer's tar, uncompressed.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Origin is an image, or a layer, that is open.
type Origin struct {
	Layers []Layer // the bottom one first

	close func() error
}

// Close closes the origin.
func (o *Origin) Close() error { return o.close() }

// transports are those of containers/image that are there, by what names begin with.
var transports = []struct {
	prefix    string
	transport types.ImageTransport
}{
	{"docker:", docker.Transport},
	{"docker-archive:", dockerarchive.Transport},
	{"oci:", layout.Transport},
	{"oci-archive:", ociarchive.Transport},
}

// Open opens an image, such as docker://quay.io/me/app or oci:DIR, or the file with a layer's
// tar, which may be compressed. Of an image for several platforms it is the one for this.
func Open(ctx context.Context, name string) (*Origin, error) {
	for _, t := range transports {
		if rest, ok := strings.CutPrefix(name, t.prefix); ok {
			o, err := openImage(ctx, t.transport, rest)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			return o, nil
		}
	}
	if _, err := os.Stat(name); err != nil {
		return nil, err
	}
	open := func(context.Context) (io.ReadCloser, error) {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		return decompress(f)
	}
	return &Origin{[]Layer{{Open: open}}, func() error { return nil }}, nil
}

func openImage(ctx context.Context, transport types.ImageTransport, name string) (*Origin, error) {
	ref, err := transport.ParseReference(name)
	if err != nil {
		return nil, err
	}
	sys := &types.SystemContext{SystemRegistriesConfPath: os.Getenv("CONTAINERS_REGISTRIES_CONF")}
	src, err := ref.NewImageSource(ctx, sys)
	if err != nil {
		return nil, err
	}
	o, err := readImage(ctx, sys, src)
	if err != nil {
		return nil, errors.Join(err, src.Close())
	}
	return o, nil
}

func readImage(ctx context.Context, sys *types.SystemContext, src types.ImageSource) (*Origin, error) {
	img, err := image.FromUnparsedImage(ctx, sys, image.UnparsedInstance(src, nil))
	if err != nil {
		return nil, err
	}
	config, err := img.OCIConfig(ctx)
	if err != nil {
		return nil, err
	}
	infos, err := src.LayerInfosForCopy(ctx, nil)
	if err != nil {
		return nil, err
	}
	if infos == nil {
		infos = img.LayerInfos()
	}
	o := &Origin{close: src.Close}
	for i, info := range infos {
		l := Layer{Digest: info.Digest.String()}
		if len(config.RootFS.DiffIDs) == len(infos) {
			l.DiffID = config.RootFS.DiffIDs[i].String()
		}
		l.Open = func(ctx context.Context) (io.ReadCloser, error) {
			blob, _, err := src.GetBlob(ctx, info, none.NoCache)
			if err != nil {
				return nil, err
			}
			return decompress(blob)
		}
		o.Layers = append(o.Layers, l)
	}
	return o, nil
}

// decompress closes what it reads when it is closed itself.
func decompress(r io.ReadCloser) (io.ReadCloser, error) {
	plain, _, err := compression.AutoDecompress(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &stacked{plain, r}, nil
}

type stacked struct {
	io.ReadCloser
	below io.Closer
}

func (s *stacked) Close() error { return errors.Join(s.ReadCloser.Close(), s.below.Close()) }
