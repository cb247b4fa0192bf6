package chunked_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// files are contents by the names that stock containers/storage gives them in a layer's
// directory.
type files map[string]string

// filesOf returns the contents of a tar, up to where it ends or is none.
func filesOf(l []byte) files {
	f := files{}
	for r := tar.NewReader(bytes.NewReader(l)); ; {
		if _, err := r.Next(); err != nil {
			return f
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return f
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(content))
		f[sum[:2]+"/"+sum[2:]] = string(content)
	}
}

// adopt is a toc.Adopt that keeps nothing.
func (f files) adopt(payload string, size int64) (verity.Digest, []byte, error) {
	content, ok := f[payload]
	if !ok || int64(len(content)) != size {
		return verity.Digest{}, nil, fmt.Errorf("no file %s of %d bytes", payload, size)
	}
	return verity.Sum([]byte(content)), []byte(content), nil
}
