// Package generated makes layers that ordinary images have too rarely to measure: a huge one, and one
// of very many tiny files. Their contents are those of the files of another image, so that they compress
// like real ones. The same image always gives the same layers.
package generated

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"strings"
	"time"
)

// Image is the layers of an image, each of which opens a tar.
type Image []func() (io.ReadCloser, error)

// errEmpty is the error for an image without contents.
var errEmpty = errors.New("the image has no files with contents of the right size")

// entries calls a function for the directories, regular files and symbolic links of all layers, with the
// first one of each name. fs.SkipAll ends the walk.
func (m Image) entries(visit func(*tar.Header, io.Reader) error) error {
	seen := map[string]bool{}
	for _, open := range m {
		err := layerEntries(open, func(h *tar.Header, r io.Reader) error {
			name := strings.TrimSuffix(strings.TrimPrefix(h.Name, "./"), "/")
			if seen[name] || strings.Contains(name, ".wh.") {
				return nil
			}
			seen[name] = true
			return visit(h, r)
		})
		if errors.Is(err, fs.SkipAll) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func layerEntries(open func() (io.ReadCloser, error), visit func(*tar.Header, io.Reader) error) error {
	layer, err := open()
	if err != nil {
		return err
	}
	defer layer.Close() //nolint:errcheck // open for reading
	for tr := tar.NewReader(layer); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir, tar.TypeReg, tar.TypeSymlink:
			if err := visit(h, tr); err != nil {
				return err
			}
		}
	}
}

// modified is the time of all generated files.
var modified = time.Unix(1700000000, 0)

func writeFile(w *tar.Writer, name string, content []byte) error {
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), ModTime: modified}); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}

func writeDir(w *tar.Writer, name string) error {
	return w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, ModTime: modified})
}
