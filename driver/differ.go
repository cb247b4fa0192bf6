//go:build linux

package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked"
	digest "github.com/opencontainers/go-digest"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// rawBlob is a differ that gives away the blob it would convert. Stock ones do not: a
// graft adds the method (hack/graft).
type rawBlob interface {
	RawBlob() (fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error), blob digest.Digest, size int64, release func(), ok bool)
}

// rawTable is a differ that says of that blob what a zstd:chunked layer says of itself.
type rawTable interface {
	RawTable() (out graphdriver.DriverWithDifferOutput, split blob.Split, contents map[string]digest.Digest, ok bool, err error)
}

// ApplyDiffWithDiffer downloads a layer and converts it on the way, to a place from
// where ApplyDiffFromStagingDirectory takes it. It is called without any lock, for
// several layers at a time.
//
// A layer that it cannot convert is downloaded the ordinary way, and goes through ApplyDiff. If
// the kernel or the file system is the reason, a warning says so once in a process.
func (d *Driver) ApplyDiffWithDiffer(options *graphdriver.ApplyDiffWithDifferOpts, differ graphdriver.Differ) (graphdriver.DriverWithDifferOutput, error) {
	var apply graphdriver.ApplyDiffOpts
	if options != nil {
		apply = options.ApplyDiffOpts
	}
	if why := d.keepsPlain(apply); why != "" {
		if err := d.abilities().err; d.decision().Active() && err != nil {
			d.warnOfPlain.Do(func() { logrus.Warnf("composefs: pulled layers stay plain: %v", err) })
		}
		return pullPlain(d.Driver, options, differ, why)
	}
	raw, ok := differ.(rawBlob)
	if !ok {
		return ordinary(errors.New("the differ does not give away its blob"))
	}
	s, err := d.stage()
	if errors.Is(err, pool.ErrApart) {
		return pullPlain(d.Driver, options, differ, err.Error())
	}
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, err
	}
	defer beginConverting()()
	out, err := s.fill(raw, differ)
	if err != nil {
		return graphdriver.DriverWithDifferOutput{}, s.pool.Named(also(err, s.close()))
	}
	out.Target = s.keep()
	return out, nil
}

// fill downloads and converts the layer.
func (s *staged) fill(raw rawBlob, differ graphdriver.Differ) (out graphdriver.DriverWithDifferOutput, err error) {
	fetch, want, size, release, ok := raw.RawBlob()
	if !ok {
		return s.fillChunked(differ)
	}
	defer release()
	src := blob.Source{Fetch: fetch, Size: size}
	if t, ok := differ.(rawTable); ok {
		out, split, contents, ok, err := t.RawTable()
		if err != nil {
			return out, err
		}
		if ok {
			return s.fillWhole(src, want, out, blob.NewLayout(split, contents))
		}
	}
	return s.fillRaw(src, want)
}

// also returns err and, if there is one, what failed in consequence, unless it is for the
// same reason: of a disk that is broken one error is enough. podman tells by the
// errors that err wraps whether another try is worth it, and does not look into joined
// ones.
func also(err, another error) error {
	var reason syscall.Errno
	if another == nil || errors.As(err, &reason) && errors.Is(another, reason) {
		return err
	}
	return fmt.Errorf("%w; %v", err, another)
}

// ordinary has the caller download the layer the ordinary way.
func ordinary(why error) (graphdriver.DriverWithDifferOutput, error) {
	return graphdriver.DriverWithDifferOutput{}, chunked.ErrFallbackToOrdinaryLayerDownload{Err: why}
}

// fillRaw downloads and converts an ordinary layer.
func (s *staged) fillRaw(src blob.Source, want digest.Digest) (out graphdriver.DriverWithDifferOutput, err error) {
	if out.TarSplit, err = s.temporary("tar-split"); err != nil {
		return out, err
	}
	return s.filled(out, want, func(convert converter) (blob.Summary, error) {
		return blob.Read(context.Background(), src, want, out.TarSplit, func(tar io.Reader) error { return convert(tar, s.batch) })
	})
}

// fillWhole downloads and converts a zstd:chunked layer as a whole. out is what is known
// of it; the layout is checked.
func (s *staged) fillWhole(src blob.Source, want digest.Digest, out graphdriver.DriverWithDifferOutput, layout *blob.Layout) (graphdriver.DriverWithDifferOutput, error) {
	logrus.Debugf("composefs: zstd:chunked layer %s is downloaded as a whole", want)
	return s.filled(out, want, func(convert converter) (blob.Summary, error) {
		return blob.ReadKnown(context.Background(), src, want, layout, func(tar io.Reader) error { return convert(tar, named{s.batch, layout}) })
	})
}

// converter converts a tar into the staged layer, with its contents in a store.
type converter func(tar io.Reader, store layer.Store) error

// filled completes out with what read finds out, or closes its tar-split. What read gets
// is for the tar in the blob.
func (s *staged) filled(out graphdriver.DriverWithDifferOutput, want digest.Digest, read func(converter) (blob.Summary, error)) (_ graphdriver.DriverWithDifferOutput, err error) {
	defer func() {
		if err != nil {
			err = also(err, out.TarSplit.Close())
		}
	}()
	var img convert.Image
	var odd oddities
	sum, err := read(func(tar io.Reader, store layer.Store) (err error) {
		// The source knows when the pull is cancelled.
		img, err = convert.Layer(context.Background(), tar, store, s.image, layer.Options{Added: odd.add})
		return err
	})
	switch {
	case errors.Is(err, blob.ErrFormat), errors.Is(err, blob.ErrRequest), errors.Is(err, blob.ErrLayout), errors.Is(err, blob.ErrPayload), errors.As(err, new(chunked.ErrBadRequest)):
		return ordinary(err)
	case err == nil:
		err = s.commit(img.Digest)
	}
	if err != nil {
		return out, err // the caller says which layer
	}
	warnOfXattrs(want.String(), s.batch.Staged(), img.LargestXattrs)
	out.CompressedDigest, out.UncompressedDigest, out.Size = sum.Digest, sum.DiffID, sum.Size
	out.UIDs, out.GIDs = img.UIDs, img.GIDs
	odd.warnUnknown(want.String())
	return out, nil
}

// fillChunked has the differ of a zstd:chunked layer download what is missing, and
// converts what the table of contents says.
func (s *staged) fillChunked(differ graphdriver.Differ) (out graphdriver.DriverWithDifferOutput, err error) {
	out, err = differ.ApplyDiff(s.batch.Staged(), &archive.TarOptions{}, &graphdriver.DifferOptions{Format: graphdriver.DifferOutputFormatFlat})
	if err != nil {
		return out, err
	}
	split := out.TarSplit // ours now, unlike the differ's other files
	defer func() {
		if err != nil && split != nil {
			err = also(err, split.Close())
		}
	}()
	contents, err := toc.Parsed(out.Artifacts["toc"])
	if err != nil {
		return ordinary(err)
	}
	defer contents.Close()
	img, err := convert.FromTOC(context.Background(), contents, s.batch.Adopt, s.image, layer.Options{})
	if err != nil {
		return ordinary(fmt.Errorf("convert layer with table of contents %s: %w", out.TOCDigest, err))
	}
	if err := s.commit(img.Digest); err != nil {
		return out, fmt.Errorf("layer with table of contents %s: %w", out.TOCDigest, err)
	}
	warnOfXattrs("with table of contents "+out.TOCDigest.String(), s.batch.Staged(), img.LargestXattrs)
	out.Artifacts = nil // the table
	return out, nil
}

// ApplyDiffFromStagingDirectory makes what ApplyDiffWithDiffer has prepared the content
// of a layer that has none. It is called under the store's locks, and only renames, unless
// the layer is for a user namespace: only then its owners are known.
func (d *Driver) ApplyDiffFromStagingDirectory(id, parent string, out *graphdriver.DriverWithDifferOutput, options *graphdriver.ApplyDiffWithDifferOpts) error {
	s := takeStaged(out.Target)
	if s == nil {
		return d.Driver.ApplyDiffFromStagingDirectory(id, parent, out, options)
	}
	l, err := d.stores.Find(id)
	if err == nil {
		var empty bool
		if empty, err = isEmpty(l); empty { // else another process has pulled the layer meanwhile
			if err = s.mapOwners(d.mapped.take(id)); err == nil {
				err = s.place(l)
			}
			err = s.pool.Named(err)
		}
	}
	if err := errors.Join(err, s.close()); err != nil {
		return fmt.Errorf("layer %s: %w", id, err)
	}
	d.pulled.add(id, parent)
	return nil
}

// CleanupStagingDirectory removes a layer that ApplyDiffWithDiffer has staged and nobody has
// applied. containers/storage calls it for applied layers too.
func (d *Driver) CleanupStagingDirectory(target string) error {
	if s := takeStaged(target); s != nil {
		return s.close()
	}
	switch _, err := os.Lstat(target); {
	case errors.Is(err, fs.ErrNotExist): // ours, and applied
		return nil
	case err != nil:
		return err
	}
	return d.Driver.CleanupStagingDirectory(target)
}
