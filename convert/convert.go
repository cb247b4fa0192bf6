package convert

import (
	"context"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Image describes an image that has been written.
type Image struct {
	Digest verity.Digest // its fs-verity digest, by which a merged image is named
	Size   int64         // bytes

	// UIDs and GIDs are the owners in a layer, in ascending order; nil for a merged
	// image.
	UIDs, GIDs []uint32

	// LargestXattrs are the files of a layer, two at most, whose xattrs not every file
	// system can hold; nil for a merged image. What can hold theirs holds those of all.
	LargestXattrs []XattrFile
}

// Layer converts an uncompressed layer tar: the contents of its files go to store,
// and the layer image, which says all the rest, to w. It reads r to its end, so that
// whoever listens hears every byte.
//
// An error of the tar names the entry. After any error what has been written to
// store and w is of no use. The bytes of the image depend on those of the tar and
// nothing else.
func Layer(ctx context.Context, r io.Reader, store layer.Store, w io.Writer, opts layer.Options) (Image, error) {
	t, err := layer.Read(ctx, r, store, opts)
	if err != nil {
		return Image{}, err
	}
	img, err := write(w, t, erofs.Layer)
	img.UIDs, img.GIDs = owners(t)
	img.LargestXattrs = largestXattrs(t)
	return img, err
}

// FromTOC converts a zstd:chunked layer whose contents are files already: r is its
// table of contents in JSON, of which package toc tells, and adopt makes objects of the
// files. It writes the layer image to w, with the bytes that [Layer] would make of the
// layer's tar.
//
// An error of the table names the entry. After any error what has been adopted and
// written to w is of no use.
func FromTOC(ctx context.Context, r io.Reader, adopt toc.Adopt, w io.Writer, opts layer.Options) (Image, error) {
	t, err := toc.Read(ctx, r, adopt, opts)
	if err != nil {
		return Image{}, err
	}
	img, err := write(w, t, erofs.Layer)
	img.LargestXattrs = largestXattrs(t)
	return img, err
}

// write writes the image of t.
func write(w io.Writer, t *tree.Tree, format erofs.Format) (Image, error) {
	h := verity.New()
	size, err := erofs.Write(io.MultiWriter(w, h), t, erofs.Options{Format: format})
	if err != nil {
		return Image{}, err
	}
	return Image{Digest: h.Digest(), Size: size}, nil
}
