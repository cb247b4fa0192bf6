package verity

import (
	"io"
	"math"
	"os"
)

// SumReader reads r to its end and returns the fs-verity digest of its content, and its length in
// bytes.
func (a Algorithm) SumReader(r io.Reader) (Digest, int64, error) {
	h := a.Spare()
	defer h.Done()
	n, err := io.Copy(h, r)
	if err != nil {
		return Digest{}, n, err
	}
	return h.Digest(), n, nil
}

// SumFile reads a whole file, without its offset, and returns its fs-verity digest and its length
// in bytes. It does not ask the kernel: see [Algorithm.MeasureOrSum].
func (a Algorithm) SumFile(f *os.File) (Digest, int64, error) {
	return a.SumReader(io.NewSectionReader(f, 0, math.MaxInt64))
}

// MeasureOrSum returns the fs-verity digest of a file: the one that the kernel enforces if the file
// is sealed, and otherwise that of the content, which it reads. A kernel or a file system without
// fs-verity is not an error; a digest by another algorithm is.
func (a Algorithm) MeasureOrSum(f *os.File) (d Digest, sealed bool, err error) {
	if d, err = a.Measure(f); !Absent(err) {
		return d, err == nil, err
	}
	d, _, err = a.SumFile(f)
	return d, false, err
}
