//go:build linux

package inplace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// staged is a conversion of a layer.
type staged struct {
	layer     chain.Layer
	chain     chain.Chain // of an idmapped layer; nil for others
	record    record
	was       os.FileInfo // the layer's directory
	pool      *pool.Pool
	batch     *objects.Batch // its lock keeps staged files from collection
	next      chain.Layer    // the new directory of the layer; after the exchange the old one
	files     layerFiles
	progress  func(bytes int64)
	image     verity.Digest // fs-verity digest of the layer image
	committed bool
	done      bool // the directories are exchanged
}

// stage begins a conversion: it makes the new directory, with the entries of the old one apart from the
// content. It takes the lock of the pool, shared.
func (c *Converter) stage(ctx context.Context, l chain.Layer, r record) (s *staged, err error) {
	s = &staged{layer: l, record: r, progress: c.Progress}
	if l.Idmapped {
		if s.chain, err = c.stores.Chain(l.ID); err != nil {
			return nil, err
		}
	}
	if s.was, err = os.Lstat(l.Dir()); err != nil {
		return nil, err
	}
	if s.pool, err = pool.Open(l.Store, c.sealing); err != nil {
		return nil, err
	}
	s.pool.TakeFrom(c.Sources)
	if err = s.begin(); err != nil {
		return nil, s.pool.Named(errors.Join(err, s.close(ctx)))
	}
	return s, nil
}

func (s *staged) begin() (err error) {
	if err := pool.Enter(s.layer); err != nil {
		return err
	}
	if s.batch, err = s.pool.BeginStaged(); err != nil {
		return err
	}
	area := filepath.Dir(s.batch.Staged())
	dir, err := os.MkdirTemp(area, "")
	if err != nil {
		return err
	}
	s.next = chain.Layer{ID: filepath.Base(dir), Store: chain.Store{Home: area}}
	s.files = layerFiles{batch: s.batch, dir: s.pool.Path(s.layer.Diff())}
	return likeBefore(dir, s.layer.Dir())
}

// writeComposefs makes the layer's objects and its image, durably.
func writeComposefs(ctx context.Context, s *staged) (Result, error) {
	err := s.writeObjects(ctx)
	stats := s.batch.Stats()
	return Result{
		Files: stats.Files, Bytes: stats.Bytes,
		Linked: int(s.files.linked.Load()), Copied: int(s.files.copied.Load()),
	}, err
}

func (s *staged) writeObjects(ctx context.Context) error {
	if err := s.makeImage(ctx); err != nil {
		return err
	}
	if err := s.giveRoot(); err != nil {
		return err
	}
	s.committed = true
	if err := s.batch.Commit(); err != nil { // syncs the other staged files too
		return err
	}
	if _, err := s.pool.SealFile(s.next.ImagePath(), s.image); err != nil {
		return err
	}
	if err := s.batch.Place(s.next.Diff()); err != nil {
		return err
	}
	return files.Sync(s.next.Dir())
}

// makeImage reads the layer's tar and writes the layer image.
func (s *staged) makeImage(ctx context.Context) error {
	split, err := os.Open(s.record.tarSplit)
	if err != nil {
		return err
	}
	defer split.Close() //nolint:errcheck // open for reading
	open, done, err := s.opener()
	if err != nil {
		return err
	}
	defer done()
	tar, err := blob.NewOriginal(split, open)
	if err != nil {
		return err
	}
	defer tar.Close()
	if err := os.Mkdir(s.next.DataDir(), 0o700); err != nil {
		return err
	}
	image, err := os.OpenFile(s.next.ImagePath(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	s.files.tar = tar
	made, err := convert.Layer(ctx, &counted{Reader: tar, report: s.progress}, &s.files, image, layer.Options{Algorithm: s.files.batch.Algorithm()})
	s.image = made.Digest
	if err = errors.Join(err, image.Close()); err != nil {
		return ofTar(err)
	}
	if want := s.record.DiffID; want != "" && tar.DiffID().String() != want {
		return fmt.Errorf("its files and its tar-split make a tar with digest %s, not %s as it was", tar.DiffID(), want)
	}
	return nil
}

// counted reports the number of bytes read.
type counted struct {
	io.Reader
	n      int64
	report func(bytes int64) // may be nil
}

func (c *counted) Read(p []byte) (n int, err error) {
	n, err = c.Reader.Read(p)
	if c.n += int64(n); c.report != nil {
		c.report(c.n)
	}
	return n, err
}

// ofTar returns the error of a layer whose tar cannot be read.
func ofTar(err error) error {
	if lost := (*blob.LostPayload)(nil); errors.As(err, &lost) {
		return &Refusal{Reason: fmt.Sprintf("it cannot be saved or converted: %v; remove the container image and pull it again", lost)}
	}
	return fmt.Errorf("its tar: %w", err)
}

// giveRoot gives the object directory the owner and mode of the image's root entry, or those of the old
// directory if there is no such entry. The stock driver copies both to the upper directories of
// containers.
func (s *staged) giveRoot() error {
	var st unix.Stat_t
	if err := unix.Stat(s.layer.Diff(), &st); err != nil {
		return &os.PathError{Op: "stat", Path: s.layer.Diff(), Err: err}
	}
	f, img, err := images.Open(s.next.ImagePath())
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	root, err := img.Cursor().Root()
	if err != nil {
		return err
	}
	if !root.Dir.Implied {
		st.Uid, st.Gid, st.Mode = root.UID, root.GID, root.Mode
	}
	return files.SetOwner(s.batch.Staged(), st.Uid, st.Gid, st.Mode)
}

// close removes the staged directory and releases the lock of the pool. If the layer stays unchanged, it
// collects the objects that the conversion has added. A canceled ctx does not stop it.
func (s *staged) close(ctx context.Context) error {
	var list []error
	if s.next.ID != "" {
		list = append(list, os.RemoveAll(s.next.Dir()))
	}
	if s.batch != nil {
		list = append(list, s.batch.Close())
	}
	if s.committed && !s.done {
		list = append(list, s.pool.NoteGarbage())
		if _, err := s.pool.Release(context.WithoutCancel(ctx), nil, nil); !errors.Is(err, objects.ErrBusy) {
			list = append(list, err)
		}
	}
	return errors.Join(append(list, s.pool.Close())...)
}
