package generated

import (
	"archive/tar"
	"io"
	"io/fs"
)

// Huge writes a layer of files with size bytes, of which one file has the part one. That file is in
// the middle of the layer and contains the image's files, one after the other. The others are the first
// ones of the image.
func Huge(w io.Writer, from Image, size, one int64) error {
	tw := tar.NewWriter(w)
	left, done := size-one, false
	err := from.entries(func(h *tar.Header, r io.Reader) error {
		if left <= (size-one)/2 && !done {
			done = true
			if err := concatenate(tw, "one", from, one); err != nil {
				return err
			}
		}
		if left == 0 {
			return fs.SkipAll
		}
		n := min(h.Size, left)
		left -= n
		return copyEntry(tw, h, r, n)
	})
	if err != nil {
		return err
	}
	if left > 0 || !done {
		return errEmpty
	}
	return tw.Close()
}

// copyEntry writes an entry with the first n bytes of its content.
func copyEntry(w *tar.Writer, h *tar.Header, r io.Reader, n int64) error {
	entry := tar.Header{Typeflag: h.Typeflag, Name: h.Name, Linkname: h.Linkname, Mode: h.Mode, Uid: h.Uid, Gid: h.Gid, Size: n, ModTime: h.ModTime}
	if err := w.WriteHeader(&entry); err != nil {
		return err
	}
	_, err := io.CopyN(w, r, n)
	return err
}

// concatenate writes a file of so many bytes with the contents of the image, from the beginning again
// if they are too few.
func concatenate(w *tar.Writer, name string, from Image, size int64) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, ModTime: modified}); err != nil {
		return err
	}
	for left := size; left > 0; {
		before := left
		err := from.entries(func(h *tar.Header, r io.Reader) error {
			n := min(h.Size, left)
			left -= n
			if _, err := io.CopyN(w, r, n); err != nil {
				return err
			}
			if left == 0 {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			return err
		}
		if left == before {
			return errEmpty
		}
	}
	return nil
}
