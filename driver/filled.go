//go:build linux

package driver

import (
	"archive/tar"
	"errors"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// filled is the tar of an upper directory, with all contents as they are in the mount. Files
// that have metadata only in the upper directory are as long as they should be there, but zeros.
type filled struct {
	*io.PipeReader
	done chan struct{}
}

func newFilled(upper io.Reader, merged string) *filled {
	r, w := io.Pipe()
	f := &filled{r, make(chan struct{})}
	go func() {
		defer close(f.done)
		w.CloseWithError(fill(w, upper, merged))
	}()
	return f
}

// Close returns when no file of the mount is in use any more.
func (f *filled) Close() error {
	err := f.PipeReader.Close()
	<-f.done
	return err
}

// fill copies a tar, but the contents of files from below a directory.
func fill(w io.Writer, r io.Reader, dir string) error {
	in, out := tar.NewReader(r), tar.NewWriter(w)
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, r)
			return errors.Join(out.Close(), err)
		}
		if err == nil {
			err = out.WriteHeader(h)
		}
		if err == nil && h.Size > 0 {
			err = copyFile(out, dir, h.Name, h.Size)
		}
		if err != nil {
			return err
		}
	}
}

// copyFile copies so many bytes of a file. A container that runs may put symlinks in the place
// of what is in the tar, which must not lead out of the mount.
func copyFile(w io.Writer, dir, name string, size int64) error {
	f, err := images.OpenIn(dir, name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(w, f, size)
	if errors.Is(err, io.EOF) {
		err = &os.PathError{Op: "read", Path: name, Err: io.ErrUnexpectedEOF}
	}
	return err
}
