package bench

import (
	"archive/tar"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// layerWriter writes the layers of a set, one after the other.
type layerWriter struct {
	*rand.Rand
	*tar.Writer
	pick     func(*layerWriter) content
	contents []content // of all files so far
	dirs     []string  // of all layers, each with a slash at the end
	files    []string  // of all layers
	lower    int       // how many of files are of layers below
}

func (w *layerWriter) layer(path string, files int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // what tar.Writer could not write it reports
	w.Writer, w.lower = tar.NewWriter(f), len(w.files)
	for end := len(w.contents) + files; len(w.contents) < end; {
		if err := w.directory(min(w.IntN(20), end-len(w.contents))); err != nil {
			return err
		}
	}
	return w.Close()
}

// directory writes a directory, mostly a new one, and n files and what else is in it.
func (w *layerWriter) directory(n int) error {
	dir := w.dirs[w.IntN(len(w.dirs))]
	if w.lower == 0 || w.IntN(5) > 0 {
		name := fmt.Sprintf("directory-%d/", len(w.dirs))
		if w.IntN(100) == 0 { // with files in it more than a tar header can hold
			name = strings.Repeat("long-", 40) + name
		}
		if strings.Count(dir, "/") > 6 {
			dir = ""
		}
		dir += name
		w.dirs = append(w.dirs, dir)
	}
	if dir == "" {
		dir = "./"
	}
	if err := w.entry(tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o755}); err != nil {
		return err
	}
	for range n {
		if err := w.file(dir); err != nil {
			return err
		}
	}
	return w.others(dir)
}

// file writes a regular file, new or, seldom, in the place of one from below.
func (w *layerWriter) file(dir string) error {
	c := w.pick(w)
	w.contents = append(w.contents, c)
	name := fmt.Sprintf("%sfile-%d.dat", dir, len(w.files))
	if w.lower > 0 && w.IntN(20) == 0 {
		name = w.files[w.IntN(w.lower)]
	}
	w.files = append(w.files, name)
	h := tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: c.size}
	switch w.IntN(200) {
	case 0:
		h.PAXRecords = map[string]string{"SCHILY.xattr.user.comment": "a comment"}
	case 1:
		h.Mode = 0o755
		h.PAXRecords = map[string]string{"SCHILY.xattr.security.capability": "\x01\x00\x00\x02\x00\x04\x00\x00" + strings.Repeat("\x00", 12)}
	}
	if err := w.entry(h); err != nil {
		return err
	}
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], c.seed)
	_, err := io.CopyN(w.Writer, rand.NewChaCha8(seed), c.size)
	return err
}

// others writes the rest of a directory: a symlink, sometimes a hard link, and in
// upper layers sometimes a whiteout or an opaque marker.
func (w *layerWriter) others(dir string) error {
	headers := []tar.Header{{Typeflag: tar.TypeSymlink, Name: fmt.Sprintf("%slink-%d", dir, len(w.files)), Mode: 0o777, Linkname: "../somewhere/else.so.1"}}
	if own := w.files[w.lower:]; len(own) > 0 && w.IntN(10) == 0 {
		headers = append(headers, tar.Header{Typeflag: tar.TypeLink, Name: fmt.Sprintf("%shard-%d", dir, len(w.files)), Mode: 0o644, Linkname: own[len(own)-1]})
	}
	if w.lower > 0 && w.IntN(20) == 0 {
		parent, name := filepath.Split(w.files[w.IntN(w.lower)])
		headers = append(headers, tar.Header{Typeflag: tar.TypeReg, Name: parent + ".wh." + name, Mode: 0o644})
	}
	if w.lower > 0 && w.IntN(200) == 0 {
		headers = append(headers, tar.Header{Typeflag: tar.TypeReg, Name: dir + ".wh..wh..opq", Mode: 0o644})
	}
	for _, h := range headers {
		if err := w.entry(h); err != nil {
			return err
		}
	}
	return nil
}

// entry writes a header. A tenth of them have an mtime with nanoseconds.
func (w *layerWriter) entry(h tar.Header) error {
	h.ModTime = time.Unix(1_700_000_000+w.Int64N(1_000_000), 0)
	if w.IntN(10) == 0 {
		h.Format, h.ModTime = tar.FormatPAX, h.ModTime.Add(time.Duration(w.IntN(1e9)))
	}
	return w.WriteHeader(&h)
}
