//go:build linux

package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/warn"
)

// ApplyDiff adds the contents of a tar to a layer: to one that is composefs or is to
// be so by converting it, else as the stock driver does. It reads the tar to its end,
// also after an error, and returns the length of all files in it.
//
// When it returns, all is on disk. After an error the layer is of no use.
func (d *Driver) ApplyDiff(id, parent string, options graphdriver.ApplyDiffOpts) (int64, error) {
	d.mapped.take(id) // the options have it, too
	l, err := d.stores.Find(id)
	if err != nil {
		return 0, err
	}
	if !l.Composefs {
		why := d.keepsPlain(options)
		if why == "" {
			if empty, err := isEmpty(l); err != nil {
				return 0, err
			} else if !empty {
				why = "it has files"
			}
		}
		if why != "" {
			logrus.Debugf("composefs: layer %s stays plain: %s", id, why)
			return d.Driver.ApplyDiff(id, parent, options)
		}
	}
	d.tidy()
	size, err := d.convertInto(l, options)
	if errors.Is(err, pool.ErrApart) {
		logrus.Debugf("composefs: layer %s stays plain: %v", id, err)
		return d.Driver.ApplyDiff(id, parent, options)
	}
	if err != nil {
		// A goroutine of containers/storage may be reading ahead: it panics if the stream is
		// closed meanwhile, which happens as soon as this returns.
		_, _ = io.Copy(io.Discard, options.Diff)
		return 0, fmt.Errorf("convert layer %s: %w", id, err)
	}
	return size, nil
}

// keepsPlain returns why a new layer is not to become composefs, or "".
func (d *Driver) keepsPlain(options graphdriver.ApplyDiffOpts) string {
	switch {
	case !d.decision().Active():
		return d.conf.Reason(d.decision())
	case d.abilities().err != nil:
		return d.abilities().err.Error()
	case options.Mappings != nil && !options.Mappings.Empty():
		return "its owners are mapped"
	case options.IgnoreChownErrors || options.ForceMask != nil:
		return "its owners or modes are not to be kept"
	}
	return ""
}

// convertInto makes objects and a layer image of the tar. If the error is
// [pool.ErrApart], nothing has been read of it.
func (d *Driver) convertInto(l chain.Layer, options graphdriver.ApplyDiffOpts) (size int64, err error) {
	var odd warn.Oddities
	size, err = d.fill(l, func(batch *objects.Batch, w *os.File) (convert.Image, error) {
		if l.Composefs {
			return addTo(l, options, batch, w)
		}
		return convert.Layer(context.Background(), options.Diff, batch, w, layer.Options{Added: odd.Add})
	})
	if err == nil {
		odd.Unsaved(l.ID)
		odd.Unknown(l.ID)
	}
	return size, err
}

// fill gives a layer the image that write writes, and the objects that it adds to the
// batch. It returns their length. If the error is [pool.ErrApart], write was not called.
func (d *Driver) fill(l chain.Layer, write func(*objects.Batch, *os.File) (convert.Image, error)) (size int64, err error) {
	p, err := pool.Open(l.Store, d.sealing())
	if err != nil {
		return 0, err
	}
	defer func() { err = p.Named(errors.Join(err, p.Close())) }()
	if err := pool.Enter(l); err != nil {
		return 0, err
	}
	batch, err := p.Begin(p.Path(l.Diff()))
	if err != nil {
		return 0, err
	}
	defer batch.Close() //nolint:errcheck // what counts is durable
	if err := os.MkdirAll(l.DataDir(), 0o700); err != nil {
		return 0, err
	}
	var made convert.Image
	err = replaceFile(l.Blob(), func(f *os.File) (err error) {
		made, err = write(batch, f)
		return err
	})
	if err != nil {
		_ = os.Remove(l.DataDir()) // unless it has an image already
		return 0, err
	}
	f, img, err := images.Open(l.Blob())
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if _, err := images.OwnDiff(img, l.Diff()); err != nil {
		return 0, err
	}
	if err := batch.Commit(); err != nil { // which syncs the image too
		return 0, err
	}
	warn.Xattrs(l.ID, p.Path(l.Diff()), made.LargestXattrs)
	return batch.Stats().Bytes, images.SealLayer(p, l.Blob(), made.Digest)
}

// addTo converts the tar as a layer of its own and joins it with what l has.
func addTo(l chain.Layer, options graphdriver.ApplyDiffOpts, batch *objects.Batch, w *os.File) (made convert.Image, err error) {
	added, err := os.CreateTemp(l.DataDir(), ".added-")
	if err != nil {
		return made, err
	}
	defer os.Remove(added.Name()) //nolint:errcheck // or it has another name
	defer added.Close()           //nolint:errcheck // again
	converted, err := convert.Layer(context.Background(), options.Diff, batch, added, layer.Options{})
	if err != nil {
		return made, err
	}
	old, err := os.Open(l.Blob())
	if err != nil {
		return made, err
	}
	defer old.Close() //nolint:errcheck // open for reading
	var sources []convert.Source
	for _, f := range []*os.File{old, added} {
		img, err := images.Read(f)
		if err != nil {
			return made, err
		}
		sources = append(sources, convert.Source{Image: img, Adopt: batch.Adopt})
	}
	for _, name := range []string{l.Merged(), l.Segment()} { // of the layer as it was
		if err := os.RemoveAll(name); err != nil {
			return made, err
		}
	}
	made, err = convert.Merge(context.Background(), sources, w, convert.MergeOptions{Segment: true})
	made.LargestXattrs = converted.LargestXattrs
	return made, err
}

// replaceFile gives a file a new content in one step. It does not sync.
func replaceFile(name string, write func(*os.File) error) error {
	f, err := os.OpenFile(filepath.Join(filepath.Dir(name), ".tmp-"+filepath.Base(name)), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}

// isEmpty reports whether a layer is plain and has no files.
func isEmpty(l chain.Layer) (bool, error) {
	if len(l.Diffs) != 1 {
		return false, nil
	}
	f, err := os.Open(l.Diffs[0])
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = f.Readdirnames(1)
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}
