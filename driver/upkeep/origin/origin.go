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

// Layer is a layer of an origin.
type Layer struct {
	// DiffID and Digest (the blob digest) are those in the image, with the prefix "sha256:". They are
	// "" if they are unknown.
	DiffID, Digest string

	// Open returns the layer's tar, uncompressed.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Origin is an open image or layer tar.
type Origin struct {
	Layers []Layer // bottom first

	close func() error
}

// Close closes the origin.
func (o *Origin) Close() error { return o.close() }

// transports are the supported transports of containers/image, by the prefixes of names.
var transports = []struct {
	prefix    string
	transport types.ImageTransport
}{
	{"docker:", docker.Transport},
	{"docker-archive:", dockerarchive.Transport},
	{"oci:", layout.Transport},
	{"oci-archive:", ociarchive.Transport},
}

// Open opens an image, such as docker://quay.io/me/app or oci:DIR, or a file with a layer tar, which may
// be compressed. For a multi-platform image it opens the image of this platform.
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

// decompress returns the content of r. Closing the result closes r.
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
