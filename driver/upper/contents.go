//go:build linux

package upper

import (
	"archive/tar"
	"errors"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// contentsReader is the tar of an upper directory with all contents. Files that have metadata
// only in the upper directory have their size there and read as zeros, so the contents of all
// files come from a mount of the layers.
type contentsReader struct {
	*io.PipeReader
	done chan struct{}
}

// withContents returns the tar of an upper directory with the contents that merged shows.
func withContents(upper io.Reader, merged string) *contentsReader {
	r, w := io.Pipe()
	c := &contentsReader{r, make(chan struct{})}
	go func() {
		defer close(c.done)
		w.CloseWithError(copyTar(w, upper, merged))
	}()
	return c
}

// Close ends the copy. No file of the mount is open afterwards.
func (c *contentsReader) Close() error {
	err := c.PipeReader.Close()
	<-c.done
	return err
}

// copyTar copies a tar with the contents of the files below dir.
func copyTar(w io.Writer, r io.Reader, dir string) error {
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

// copyFile copies size bytes of a file. It follows no symlink out of dir, because a running
// container may replace the entries of the tar.
func copyFile(w io.Writer, dir, name string, size int64) error {
	f, err := images.OpenIn(dir, name)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = io.CopyN(w, f, size)
	if errors.Is(err, io.EOF) {
		err = &os.PathError{Op: "read", Path: name, Err: io.ErrUnexpectedEOF}
	}
	return err
}
