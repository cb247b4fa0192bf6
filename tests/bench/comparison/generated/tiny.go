package generated

import (
	"archive/tar"
	"fmt"
	"io"
)

// longest is the length of the longest tiny file.
const longest = 4096

// Tiny writes a layer of files, ten in a directory, like a tree of Node packages. The contents are
// those of the image's files of up to 4 kB. If these are too few, they come again: each third as it
// is, the others with a first line of their own.
func Tiny(w io.Writer, from Image, files int) error {
	contents, err := from.tiny()
	if err != nil {
		return err
	}
	tw := tar.NewWriter(w)
	for i := range files {
		parent := fmt.Sprintf("node_modules/p%d", i/100)
		dir := fmt.Sprintf("%s/d%d", parent, i/10%10)
		switch {
		case i == 0:
			err = writeDirs(tw, "node_modules", parent, dir)
		case i%100 == 0:
			err = writeDirs(tw, parent, dir)
		case i%10 == 0:
			err = writeDirs(tw, dir)
		}
		if err != nil {
			return err
		}
		content := contents[i%len(contents)]
		if i >= len(contents) && i%3 != 0 {
			content = append(fmt.Appendf(nil, "// %d\n", i), content...)
			content = content[:min(len(content), longest)]
		}
		if err := writeFile(tw, fmt.Sprintf("%s/f%d.js", dir, i%10), content); err != nil {
			return err
		}
	}
	return tw.Close()
}

// tiny returns the contents of the files that are short enough.
func (m Image) tiny() (contents [][]byte, err error) {
	err = m.entries(func(h *tar.Header, r io.Reader) error {
		if h.Typeflag != tar.TypeReg || h.Size > longest {
			return nil
		}
		b, err := io.ReadAll(r)
		contents = append(contents, b)
		return err
	})
	if err == nil && len(contents) == 0 {
		err = errEmpty
	}
	return contents, err
}

func writeDirs(w *tar.Writer, names ...string) error {
	for _, name := range names {
		if err := writeDir(w, name); err != nil {
			return err
		}
	}
	return nil
}
