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
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/warn"
)

// applyDiff adds the files of a tar to a layer. It converts the tar if the layer is composefs or
// becomes composefs, and otherwise calls stock, which unpacks it as the stock driver does. It reads the
// tar to its end, even after an error, and returns the size of all files in bytes.
//
// All files are durable when applyDiff returns. After an error the caller removes the layer. The
// caller holds the lock of the layers; applyDiff takes the lock of the pool, shared.
func (d *Driver) applyDiff(id string, options graphdriver.ApplyDiffOpts, stock func() (int64, error)) (int64, error) {
	d.mapped.take(id) // the options contain the maps too
	l, err := d.stores.Find(id)
	if err != nil {
		return 0, err
	}
	if l.Composefs {
		d.tidyNew()
		return d.addDiff(l, options)
	}
	why := d.keepsPlain(options)
	if why == "" {
		why = d.plainBelow(d.parentOf(id))
	}
	if why == "" {
		if empty, err := isEmpty(l); err != nil {
			return 0, err
		} else if !empty || len(l.Diffs) > 1 {
			why = "it has files"
		}
	}
	if why == "" {
		s, err := d.stageTar(l.Store, options.Diff)
		switch {
		case err == nil:
			return s.size, d.placeTar(s, id)
		case !errors.Is(err, pool.ErrApart):
			return 0, fmt.Errorf("convert layer %s: %w", id, err)
		}
		why = err.Error()
	}
	logrus.Debugf("composefs: layer %s stays plain: %s", id, why)
	return stock()
}

// keepsPlain returns why a new layer stays plain, or "".
func (d *Driver) keepsPlain(options graphdriver.ApplyDiffOpts) string {
	decision := d.decision()
	switch {
	case !decision.Active():
		return d.conf.Reason(decision)
	case d.abilities().err != nil:
		return d.abilities().err.Error()
	case options.Mappings != nil && !options.Mappings.Empty():
		return "its owners are mapped"
	case options.IgnoreChownErrors || options.ForceMask != nil:
		return "its owners or modes are not to be kept"
	}
	return ""
}

// addDiff adds the files of a tar to a composefs layer.
func (d *Driver) addDiff(l chain.Layer, options graphdriver.ApplyDiffOpts) (int64, error) {
	size, err := d.fill(l, func(batch *objects.Batch, w *os.File) (convert.Written, error) {
		return addTo(d.context(), l, options, batch, w)
	})
	if err != nil {
		drain(options.Diff)
		return 0, fmt.Errorf("convert layer %s: %w", l.ID, err)
	}
	return size, nil
}

// drain reads a stream to its end. containers/storage closes the stream after a call that gets one.
// One of its goroutines may still read ahead, and panics if the stream is closed under it.
func drain(tar io.Reader) { _, _ = io.Copy(io.Discard, tar) }

// fill gives a layer an image and objects: write writes the image and adds the objects to the batch.
// It returns the size of the contents in bytes. If the error is [pool.ErrApart], fill has not called
// write.
func (d *Driver) fill(l chain.Layer, write func(*objects.Batch, *os.File) (convert.Written, error)) (size int64, err error) {
	p, err := pool.Open(l.Store, d.sealing())
	if err != nil {
		return 0, err
	}
	defer func() { err = p.Named(files.WithCleanup(err, p.Close())) }()
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
	var made convert.Written
	err = replaceFile(l.ImagePath(), func(f *os.File) (err error) {
		made, err = write(batch, f)
		return err
	})
	if err != nil {
		_ = os.Remove(l.DataDir()) // unless it has an image already
		return 0, err
	}
	f, img, err := images.Open(l.ImagePath())
	if err != nil {
		return 0, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if _, err := images.OwnDiff(img, l.Diff()); err != nil {
		return 0, err
	}
	if err := batch.Commit(); err != nil { // syncs the image too
		return 0, err
	}
	warn.Xattrs(l.ID, p.Path(l.Diff()), made.LargestXattrs)
	return batch.Stats().Bytes, images.SealLayer(p, l.ImagePath(), made.Digest)
}

// addTo converts the tar to a layer image and merges it with the image of l.
func addTo(ctx context.Context, l chain.Layer, options graphdriver.ApplyDiffOpts, batch *objects.Batch, w *os.File) (made convert.Written, err error) {
	added, err := os.CreateTemp(l.DataDir(), ".added-")
	if err != nil {
		return made, err
	}
	defer os.Remove(added.Name()) //nolint:errcheck // or it has another name
	defer added.Close()           //nolint:errcheck // again
	converted, err := convert.Layer(ctx, options.Diff, batch, added, layer.Options{Algorithm: batch.Algorithm()})
	if err != nil {
		return made, err
	}
	old, err := os.Open(l.ImagePath())
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
	if err := images.Drop(ctx, l); err != nil { // of the layer as it was
		return made, err
	}
	made, err = convert.Merge(ctx, sources, w, convert.MergeOptions{Segment: true, Algorithm: batch.Algorithm()})
	made.LargestXattrs = converted.LargestXattrs
	return made, err
}

// replaceFile replaces the content of a file in one step. It does not sync.
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
		return files.WithCleanup(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}

// isEmpty reports whether a layer is plain and its top directory has no files.
func isEmpty(l chain.Layer) (bool, error) {
	if l.Composefs {
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
