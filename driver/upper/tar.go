//go:build linux

package upper

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"github.com/containers/storage/pkg/archive"
)

// Source is an upper directory and the layers that its tar needs.
type Source struct {
	Upper     string
	Below     []string // lower layers as directories, the top one first
	Redirects Redirects

	// Metacopy reports that metacopy files may appear while the tar is read, because the container
	// runs with metacopy=on.
	Metacopy bool

	// Mount mounts all layers and returns the mount point. Tar calls it at most once, if the upper
	// directory lacks contents.
	Mount func() (merged string, unmount func() error, err error)
}

// Tar returns the tar of the changes in an upper directory, with whiteouts as in layer tars. It reads
// renamed directories and metacopy files in the mount. The layers must stay until the tar is closed.
// Redirects of the source must be excludable.
func Tar(s Source, options archive.TarOptions) (io.ReadCloser, error) {
	t := &tarReader{options: options}
	if err := t.open(s); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// tarReader is the tar of [Tar].
type tarReader struct {
	io.Reader
	options archive.TarOptions
	closers []func() error
}

// Close unmounts the layers.
func (t *tarReader) Close() error {
	var errs []error
	for i := len(t.closers) - 1; i >= 0; i-- {
		errs = append(errs, t.closers[i]())
	}
	return errors.Join(errs...)
}

// open joins up to three tars: the upper directory without its renamed directories, opaque
// markers for these, and the renamed directories as the mount shows them.
func (t *tarReader) open(s Source) error {
	options := t.options
	options.WhiteoutFormat, options.WhiteoutData = archive.OverlayWhiteoutFormat, s.Below
	options.ExcludePatterns = s.Redirects.patterns()
	upper, err := t.add(s.Upper, options)
	t.Reader = upper
	metacopy, renamed := s.Metacopy || s.Redirects.Metacopy, s.Redirects.Dirs
	if err != nil || len(renamed) == 0 && !metacopy {
		return err
	}
	merged, unmount, err := s.Mount()
	if err != nil {
		return err
	}
	t.closers = append(t.closers, unmount)
	if metacopy {
		complete := withContents(upper, merged)
		t.closers = append(t.closers, complete.Close)
		t.Reader, upper = complete, complete
	}
	if len(renamed) == 0 {
		return nil
	}
	opaque, err := opaqueMarkers(s.Below, renamed)
	if err != nil {
		return err
	}
	options = t.options
	options.IncludeFiles = renamed
	last, err := t.add(merged, options)
	t.Reader = io.MultiReader(&trimmedReader{r: upper}, bytes.NewReader(opaque), last)
	return err
}

// add begins a tar of a directory.
func (t *tarReader) add(dir string, options archive.TarOptions) (io.Reader, error) {
	r, err := archive.TarWithOptions(dir, &options)
	if err == nil {
		t.closers = append(t.closers, r.Close)
	}
	return r, err
}

// opaqueMarkers returns a tar without a trailer. It has a marker in each of the directories
// that hides a directory of the layers below.
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

// trailerSize is the length in bytes of the end of a tar, two blocks of zeros.
const trailerSize = 1024

// trimmedReader is a tar without its trailer, so that another tar can follow.
type trimmedReader struct {
	r    io.Reader
	held []byte // the last bytes read, which may be the trailer
	buf  []byte
}

func (u *trimmedReader) Read(p []byte) (int, error) {
	u.buf = slices.Grow(u.buf[:0], len(p))[:len(p)]
	for {
		n, err := u.r.Read(u.buf)
		u.held = append(u.held, u.buf[:n]...)
		if out := min(len(u.held)-trailerSize, len(p)); out > 0 {
			copy(p, u.held[:out])
			u.held = append(u.held[:0], u.held[out:]...)
			return out, nil
		}
		if err == io.EOF && !bytes.Equal(u.held, make([]byte, trailerSize)) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
	}
}
