package ociimage

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
)

// Rewrite returns a layer that has only the entries that keep returns true for, in the PAX
// format. keep may change the header.
func Rewrite(layer []byte, keep func(hdr *tar.Header) bool) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for r := tar.NewReader(bytes.NewReader(layer)); ; {
		hdr, err := r.Next()
		if errors.Is(err, io.EOF) {
			err := w.Close()
			return b.Bytes(), err
		}
		if err != nil {
			return nil, err
		}
		if !keep(hdr) {
			continue
		}
		hdr.Format = tar.FormatPAX
		if err := w.WriteHeader(hdr); err != nil {
			return nil, err
		}
		if _, err := io.Copy(w, r); err != nil {
			return nil, err
		}
	}
}
