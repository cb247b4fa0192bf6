package layer_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// stream yields a tar of files f0, f1 and so on, all of one size, without holding it.
// Each content begins with its name; the rest is zeros.
type stream struct {
	files int
	size  int64

	next int       // number of the next file
	part io.Reader // the rest of the last one
	read atomic.Int64
}

func (s *stream) Read(p []byte) (n int, err error) {
	for {
		if s.part != nil {
			if n, err = s.part.Read(p); err != io.EOF {
				s.read.Add(int64(n))
				return n, err
			}
		}
		if s.next == s.files {
			return 0, io.EOF
		}
		s.part = s.file()
	}
}

// file returns the next file, header and all.
func (s *stream) file() io.Reader {
	var b bytes.Buffer
	name := fmt.Sprintf("f%d", s.next)
	s.next++
	err := tar.NewWriter(&b).WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: s.size, ModTime: layertest.Time, Format: tar.FormatGNU})
	if err != nil {
		panic(err) // the header is a plain one
	}
	left := (s.size + 511) &^ 511
	if s.size > int64(len(name)) {
		b.WriteString(name)
		left -= int64(len(name))
	}
	return io.MultiReader(&b, io.LimitReader(zeros{}, left))
}

// zeros yields zeros without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// store is a layer.Store made of functions. The zero value keeps and hashes nothing.
type store struct {
	add     func(content []byte) error // before a content is taken
	addFrom func(r io.Reader, size int64) error
}

func (s store) Add(content []byte) (d verity.Digest, err error) {
	if s.add != nil {
		err = s.add(content)
	}
	return d, err
}

func (s store) AddFrom(r io.Reader, size int64) (d verity.Digest, err error) {
	if s.addFrom != nil {
		return d, s.addFrom(r, size)
	}
	n, err := io.Copy(io.Discard, r)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes of %d", n, size)
	}
	return d, err
}

// checkGoroutines returns a check that there are no more goroutines than now. Those
// that are about to end have a second for it.
func checkGoroutines(t *testing.T) (check func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%d goroutines, there were %d", runtime.NumGoroutine(), before)
	}
}
