//go:build linux

package driver

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// diffTar is the tar of what a container has changed: of its upper directory, with the
// contents of files that have metadata only there, and of the directories in it that were
// renamed, both as they are in the mount. It needs the layers below until it is closed.
type diffTar struct {
	io.Reader
	options archive.TarOptions
	below   roots
	closers []func() error
}

// Close unmounts what was needed.
func (t *diffTar) Close() error {
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	return errors.Join(append(errs, t.below.Close())...)
}

// fillTar begins the tar.
func (d *Driver) fillTar(t *diffTar, c chain.Chain, away away, label string) error {
	if err := d.open(&t.below, c[1:]); err != nil {
		return err
	}
	options := t.options
	options.WhiteoutFormat, options.WhiteoutData = archive.OverlayWhiteoutFormat, t.below.list
	options.ExcludePatterns = away.patterns()
	upper, err := t.tar(c[0].Diffs[0], options)
	t.Reader = upper
	fill := away.files || hasMetacopyMark(c[0]) // of a container that runs, it may have such files by and by
	if err != nil || len(away.dirs) == 0 && !fill {
		return err
	}
	merged, err := d.Get(c[0].ID, graphdriver.MountOpts{MountLabel: label, UidMaps: t.options.UIDMaps, GidMaps: t.options.GIDMaps})
	if err != nil {
		return err
	}
	t.closers = append(t.closers, func() error { return d.Put(c[0].ID) })
	if fill {
		filled := newFilled(upper, merged)
		t.closers = append(t.closers, filled.Close)
		t.Reader, upper = filled, filled
	}
	if len(away.dirs) == 0 {
		return nil
	}
	opaque, err := opaqueMarkers(t.below.list, away.dirs)
	if err != nil {
		return t.below.named(err)
	}
	options = t.options
	options.IncludeFiles = away.dirs
	renamed, err := t.tar(merged, options)
	t.Reader = io.MultiReader(&untrailed{r: upper}, bytes.NewReader(opaque), renamed)
	return err
}

// tar begins a tar of a directory.
func (t *diffTar) tar(dir string, options archive.TarOptions) (io.Reader, error) {
	r, err := archive.TarWithOptions(dir, &options)
	if err == nil {
		t.closers = append(t.closers, r.Close)
	}
	return r, err
}

// opaqueMarkers returns a tar without a trailer, of markers in those directories that
// hide one of the layers below.
func opaqueMarkers(below, dirs []string) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, dir := range dirs {
		was, err := lookupBelow(below, "/"+dir)
		if err != nil {
			return nil, err
		}
		if was == nil || !was.IsDir() {
			continue
		}
		err = w.WriteHeader(&tar.Header{Name: filepath.Join(dir, archive.WhiteoutOpaqueDir), Typeflag: tar.TypeReg, Mode: 0o600})
		if err != nil {
			return nil, err
		}
	}
	err := w.Flush()
	return b.Bytes(), err
}

// trailer is how a tar ends that archive/tar has written: with two blocks of zeros.
const trailer = 1024

// untrailed is a tar without its trailer, so that another one can follow.
type untrailed struct {
	r    io.Reader
	held []byte // the last bytes, which may be the trailer
}

func (u *untrailed) Read(p []byte) (int, error) {
	buf := make([]byte, len(p))
	for {
		n, err := u.r.Read(buf)
		u.held = append(u.held, buf[:n]...)
		if out := min(len(u.held)-trailer, len(p)); out > 0 {
			copy(p, u.held[:out])
			u.held = append(u.held[:0], u.held[out:]...)
			return out, nil
		}
		if err == io.EOF && !bytes.Equal(u.held, make([]byte, trailer)) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
	}
}
