//go:build linux

package inplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chrootarchive"
	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// plainLayer is a conversion of a layer to a plain one.
type plainLayer struct {
	*staged
	files int   // regular files that are not empty
	bytes int64 // their size
}

// unpack writes the layer's files into its new directory, durably.
func (p *plainLayer) unpack(ctx context.Context) error {
	err := errNoTar
	if p.record.tarSplit != "" && !p.record.Mapped {
		err = p.unpackTar(ctx)
	}
	if errors.Is(err, errNoTar) {
		p.files, p.bytes = 0, 0
		err = os.RemoveAll(p.next.Diff())
		switch {
		case err != nil:
		case p.layer.Idmapped:
			err = p.unpackChain(ctx)
		default:
			err = p.unpackImage()
		}
	}
	if err == nil {
		err = syncAll(p.next.Dir())
	}
	return errors.Join(err, ctx.Err())
}

// unpackImage unpacks the layer's image. It is for layers whose tar cannot be assembled, those with the
// owners of a user namespace, and those that the stock driver cannot unpack.
func (p *plainLayer) unpackImage() error {
	u, err := unpack(p.layer, p.next.Diff())
	p.files, p.bytes = u.files, u.bytes
	return err
}

// unpackChain unpacks the files that an idmapped layer shows, with its owners.
func (p *plainLayer) unpackChain(ctx context.Context) error {
	maps, err := idmap.Read(p.layer.IdmapFile())
	if err != nil {
		return err
	}
	segment := p.chain.Segments()[0]
	if !segment.Composefs() || !segment.Bottom || !segment.OneStore() {
		return &Refusal{Reason: "not all layers below it are composefs layers of the same store"}
	}
	f, err := os.CreateTemp(p.next.Dir(), ".tmp-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a conversion that fails removes the directory
	defer f.Close()           //nolint:errcheck // it is of no use any more
	none := func(convert.Content) error { return nil }
	if _, err := images.New(p.layer.Store, objects.SealNever).Remap(ctx, segment, f, idmap.Between(nil, maps), none); err != nil {
		return err
	}
	img, err := images.Read(f)
	if err != nil {
		return err
	}
	u, err := unpackFrom(img, p.layer.Store.PoolObjects(), p.next.Diff())
	p.files, p.bytes = u.files, u.bytes
	return err
}

// errNoTar is the error for a layer whose tar cannot be assembled or unpacked.
var errNoTar = errors.New("its tar cannot be unpacked")

// ErrTar is the error for a layer with damaged contents.
var ErrTar = errors.New("its contents do not make its tar")

// unpackTar makes containers/storage unpack the layer's tar as its overlay driver does. A tar with
// another digest than the recorded one is an error.
func (p *plainLayer) unpackTar(ctx context.Context) error {
	split, err := os.Open(p.record.tarSplit)
	if err != nil {
		return err
	}
	defer split.Close() //nolint:errcheck // open for reading
	open, done, err := p.opener()
	if err != nil {
		return err
	}
	defer done()
	contents := &oneAtATime{layer: p, open: open}
	defer contents.Close()
	original, err := blob.NewOriginal(split, contents.next)
	if err != nil {
		return err
	}
	if err := p.makeRoot(); err != nil {
		return err
	}
	tar := &watched{ctx: ctx, in: original, progress: p.progress}
	refused := chrootarchive.UntarUncompressed(tar, p.next.Diff(), &archive.TarOptions{
		WhiteoutFormat: archive.OverlayWhiteoutFormat,
		InUserNS:       unshare.IsRootless(), // devices are left out, also 0:0, which the kernel would allow
	})
	switch err := tar.err; {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, new(*blob.LostPayload)), errors.Is(err, fs.ErrNotExist):
		return errNoTar
	case err != nil:
		return fmt.Errorf("%w: %w", ErrTar, err)
	}
	if want := p.record.DiffID; want != "" && original.DiffID().String() != want {
		return fmt.Errorf("%w: its digest is %s, and was %s", ErrTar, original.DiffID(), want)
	}
	if refused != nil {
		return errNoTar
	}
	return nil
}

// makeRoot makes the new directory for the layer's files, with the owner and mode of the object
// directory. The root entry of the tar, if any, changes them.
func (p *plainLayer) makeRoot() error {
	var st unix.Stat_t
	if err := unix.Stat(p.layer.Diff(), &st); err != nil {
		return &os.PathError{Op: "stat", Path: p.layer.Diff(), Err: err}
	}
	if err := os.Mkdir(p.next.Diff(), 0o700); err != nil {
		return err
	}
	return files.SetOwner(p.next.Diff(), st.Uid, st.Gid, st.Mode)
}

// watched is a tar for the unpacking process. It ends with the context, and keeps the error of a read,
// which that process does not return.
type watched struct {
	ctx      context.Context
	in       io.Reader
	progress func(bytes int64)
	read     int64
	err      error
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.in.Read(p)
	w.read += int64(n)
	if w.progress != nil {
		w.progress(w.read)
	}
	if err != nil && err != io.EOF { // the contract of io.Reader
		w.err = err
	}
	return n, err
}

// oneAtATime opens contents of a tar in order, and closes each before it opens the next.
type oneAtATime struct {
	layer *plainLayer
	open  func(name string) (io.ReadCloser, error)
	last  io.ReadCloser
}

func (o *oneAtATime) next(name string) (io.ReadCloser, error) {
	o.Close()
	content, err := o.open(name)
	if err != nil {
		return nil, err
	}
	o.last = content
	o.layer.files++
	return countedContent{content, o.layer}, nil
}

// Close closes the last content.
func (o *oneAtATime) Close() {
	if o.last != nil {
		_ = o.last.Close() // open for reading
		o.last = nil
	}
}

// countedContent counts the bytes read.
type countedContent struct {
	io.ReadCloser
	layer *plainLayer
}

// Read implements io.Reader.
func (c countedContent) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.layer.bytes += int64(n)
	return n, err
}
