//go:build linux

package pull

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked"
	digest "github.com/opencontainers/go-digest"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/warn"
)

// RawBlob is a differ that hands over its blob if the layer is not zstd:chunked, or if the store has
// almost none of its files. Stock differs lack the method; a graft adds it (hack/graft).
type RawBlob interface {
	RawBlob() (fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error), blob digest.Digest, size int64, release func(), ok bool)
}

// rawTable is a differ that also hands over the table of contents of that blob.
type rawTable interface {
	RawTable() (out graphdriver.DriverWithDifferOutput, split blob.Split, contents iter.Seq2[string, digest.Digest], ok bool, err error)
}

// Into downloads a layer, converts it into s and commits it. raw and differ are the same value, and choice
// is the library for gzip. The error is chunked.ErrFallbackToOrdinaryLayerDownload if containers/image
// must download the layer and pass its tar to ApplyDiff. The caller closes s after an error. The records
// of the layer are in s and not in out.
func Into(ctx context.Context, s *staging.Layer, raw RawBlob, differ graphdriver.Differ, choice decompress.Choice) (out graphdriver.DriverWithDifferOutput, err error) {
	fetch, want, size, release, ok := raw.RawBlob()
	if !ok {
		return chunkedInto(ctx, s, differ)
	}
	defer release()
	src := blob.Source{Fetch: fetch, Size: size, Decompress: choice}
	if t, ok := differ.(rawTable); ok {
		out, split, contents, ok, err := t.RawTable()
		if err != nil {
			return out, err
		}
		if ok {
			return wholeInto(ctx, s, src, want, out, blob.NewLayout(split, contents))
		}
	}
	return rawInto(ctx, s, src, want)
}

// Ordinary returns the error that makes containers/image download the layer the ordinary way.
func Ordinary(why error) (graphdriver.DriverWithDifferOutput, error) {
	return graphdriver.DriverWithDifferOutput{}, chunked.ErrFallbackToOrdinaryLayerDownload{Err: why}
}

// rawInto downloads and converts an ordinary layer.
func rawInto(ctx context.Context, s *staging.Layer, src blob.Source, want digest.Digest) (out graphdriver.DriverWithDifferOutput, err error) {
	if out.TarSplit, err = s.Temporary("tar-split"); err != nil {
		return out, err
	}
	return convertInto(ctx, s, out, want, func(convert converter) (blob.Summary, error) {
		return blob.Read(ctx, src, want, out.TarSplit, func(tar layer.Entries) error { return convert(tar, s.Batch()) })
	})
}

// wholeInto downloads and converts a zstd:chunked layer as a whole. out has the properties of
// the layer that its table of contents contains; the layout is compared with the tar.
func wholeInto(ctx context.Context, s *staging.Layer, src blob.Source, want digest.Digest, out graphdriver.DriverWithDifferOutput, layout *blob.Layout) (graphdriver.DriverWithDifferOutput, error) {
	logrus.Debugf("composefs: zstd:chunked layer %s is downloaded as a whole", want)
	return convertInto(ctx, s, out, want, func(convert converter) (blob.Summary, error) {
		return blob.ReadKnown(ctx, src, want, layout, func(tar layer.Entries) error { return convert(tar, tocStore{s.Batch(), layout}) })
	})
}

// converter converts a tar into the staged layer, with its contents in a store.
type converter func(tar layer.Entries, store layer.Store) error

// convertInto calls read, which downloads a blob and passes its tar to a converter, and commits the
// layer. It completes out. After an error it closes the tar-split of out.
func convertInto(ctx context.Context, s *staging.Layer, out graphdriver.DriverWithDifferOutput, want digest.Digest, read func(converter) (blob.Summary, error)) (_ graphdriver.DriverWithDifferOutput, err error) {
	defer func() {
		if err != nil {
			err = files.WithCleanup(err, out.TarSplit.Close())
		}
	}()
	if err = s.PutAside(out.BigData); err != nil {
		return out, err
	}
	out.BigData = nil
	var img convert.Written
	var odd warn.Oddities
	sum, err := read(func(tar layer.Entries, store layer.Store) (err error) {
		img, err = convert.LayerEntries(ctx, tar, store, s.Image(), layer.Options{Algorithm: s.Batch().Algorithm(), Added: odd.Add})
		return err
	})
	switch {
	case errors.Is(err, blob.ErrFormat), errors.Is(err, blob.ErrRequest), errors.Is(err, blob.ErrLayout), errors.Is(err, blob.ErrPayload), errors.As(err, new(chunked.ErrBadRequest)):
		return Ordinary(err)
	case err == nil:
		err = s.Commit(img.Digest)
	}
	if err != nil {
		return out, err // the caller adds the layer
	}
	warn.Xattrs(want.String(), s.Dir(), img.LargestXattrs)
	out.CompressedDigest, out.UncompressedDigest, out.Size = sum.Digest, sum.DiffID, sum.Size
	out.Artifacts = map[string]any{"compression": sum.Compression} // for the blob info cache, by a graft
	out.UIDs, out.GIDs = img.UIDs, img.GIDs
	odd.Unknown(want.String())
	return out, nil
}

// chunkedInto lets the differ of a zstd:chunked layer download the missing files, and converts the
// table of contents. The option StagingDirectory of containers/storage 1.65, a place for clones of files in
// other layers, stays unset: in this format a differ finds only the first chunk of a file there.
func chunkedInto(ctx context.Context, s *staging.Layer, differ graphdriver.Differ) (out graphdriver.DriverWithDifferOutput, err error) {
	out, err = differ.ApplyDiff(s.Dir(), &archive.TarOptions{}, &graphdriver.DifferOptions{Format: graphdriver.DifferOutputFormatFlat})
	if err != nil {
		return out, err
	}
	split := out.TarSplit // the caller owns it, unlike the differ's other files
	defer func() {
		if err != nil && split != nil {
			err = files.WithCleanup(err, split.Close())
		}
	}()
	if err = s.PutAside(out.BigData); err != nil {
		return out, err
	}
	out.BigData = nil
	contents, err := toc.Parsed(out.Artifacts["toc"])
	if err != nil {
		return Ordinary(err)
	}
	defer contents.Close() //nolint:errcheck // open for reading
	img, err := convert.FromTOC(ctx, contents, s.Batch().Adopt, s.Image(), layer.Options{Algorithm: s.Batch().Algorithm()})
	if err != nil {
		return Ordinary(fmt.Errorf("convert layer with table of contents %s: %w", out.TOCDigest, err))
	}
	if err := s.Commit(img.Digest); err != nil {
		return out, fmt.Errorf("layer with table of contents %s: %w", out.TOCDigest, err)
	}
	warn.Xattrs("with table of contents "+out.TOCDigest.String(), s.Dir(), img.LargestXattrs)
	out.Artifacts = nil // the table of contents
	return out, nil
}
