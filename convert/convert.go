package convert

import (
	"cmp"
	"context"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Written describes a written image.
type Written struct {
	Digest verity.Digest // its image digest, which names a merged image
	Size   int64         // bytes

	// UIDs and GIDs are the owners in a layer, in ascending order; nil for a merged
	// image.
	UIDs, GIDs []uint32

	// Implied reports that a layer has implied directories below its root. A merge gives them the
	// metadata of the layers below; a mount of the layer image does not.
	Implied bool

	// LargestXattrs are at most two files of a layer whose xattrs not every file system can
	// hold; nil for a merged image. A file system that can hold theirs can hold those of all.
	LargestXattrs []XattrFile
}

// Layer converts an uncompressed layer tar: it adds the contents of its files to store and writes
// the layer image to w. It reads r to its end, so that a tee sees every byte.
//
// An error of the tar names the entry. After an error the data in store and w are of no use. The
// bytes of the image depend on the bytes of the tar only.
func Layer(ctx context.Context, r io.Reader, store layer.Store, w io.Writer, opts layer.Options) (Written, error) {
	return LayerEntries(ctx, layer.NewEntries(ctx, r), store, w, opts)
}

// LayerEntries is [Layer] for a tar whose entries are read by e.
func LayerEntries(ctx context.Context, e layer.Entries, store layer.Store, w io.Writer, opts layer.Options) (Written, error) {
	t, err := layer.ReadEntries(ctx, e, store, opts)
	if err != nil {
		return Written{}, err
	}
	img, err := write(w, t, erofs.Layer, opts.Algorithm)
	img.UIDs, img.GIDs = owners(t)
	img.Implied = hasImplied(t)
	img.LargestXattrs = largestXattrs(t)
	return img, err
}

// FromTOC converts a zstd:chunked layer whose contents are files already. r is its table of
// contents in JSON, see package toc, and adopt makes objects of the files. FromTOC writes the same
// layer image to w as [Layer] does for the layer's tar.
//
// An error of the table names the entry. After an error the adopted files and the data in w are of
// no use.
func FromTOC(ctx context.Context, r io.Reader, adopt toc.Adopt, w io.Writer, opts layer.Options) (Written, error) {
	t, err := toc.Read(ctx, r, adopt, opts)
	if err != nil {
		return Written{}, err
	}
	img, err := write(w, t, erofs.Layer, opts.Algorithm)
	img.LargestXattrs = largestXattrs(t)
	return img, err
}

// write writes the image of t. Its digest is by the algorithm a, or sha256 for 0.
func write(w io.Writer, t *tree.Tree, format erofs.Format, a verity.Algorithm) (Written, error) {
	opts := erofs.Options{Format: format}
	if format == erofs.Layer {
		opts.UUID = LayerUUID(t)
	}
	h := verity.NewHash(cmp.Or(a, verity.SHA256))
	size, err := erofs.Write(io.MultiWriter(w, h), t, opts)
	if err != nil {
		return Written{}, err
	}
	return Written{Digest: h.Digest(), Size: size}, nil
}
