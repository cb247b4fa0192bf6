package ociimage

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// List returns a listing of a layer, an entry a line, for people.
func List(layer []byte) string {
	var b strings.Builder
	for r := tar.NewReader(bytes.NewReader(layer)); ; {
		h, err := r.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(&b, err)
			}
			return b.String()
		}
		fmt.Fprintf(&b, "%c %04o %d:%d %d.%09d %d %q", h.Typeflag, h.Mode, h.Uid, h.Gid,
			h.ModTime.Unix(), h.ModTime.Nanosecond(), h.Size, h.Name)
		if h.Linkname != "" {
			fmt.Fprintf(&b, " -> %q", h.Linkname)
		}
		if h.Devmajor != 0 || h.Devminor != 0 {
			fmt.Fprintf(&b, " device %d:%d", h.Devmajor, h.Devminor)
		}
		for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
			if name, ok := strings.CutPrefix(key, "SCHILY.xattr."); ok {
				fmt.Fprintf(&b, " %s=%.40q", name, h.PAXRecords[key])
			}
		}
		fmt.Fprintln(&b)
	}
}
