package layer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// FuzzRead reads damaged tars. Nothing may panic, hang or take memory beyond the tree. If reading
// succeeds, the tree must be sound, and the same for every number of workers.
func FuzzRead(f *testing.F) {
	const seedMax, most = 16 << 10, 256 << 10
	for _, c := range layertest.Ugly() {
		for _, b := range c.Layers {
			if len(b) <= seedMax {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > most {
			return
		}
		b = layertest.Mend(b)
		var tr *tree.Tree
		s := new(limited)
		used := layertest.Allocated(func() { tr = read(t, b, s, 0) })
		// Beyond a constant, a header of 512 bytes takes a few hundred, and a record of a few bytes
		// takes a map entry and an xattr.
		const factor, constant = 64, 16 << 20
		if bound := uint64(factor*len(b) + constant); used > bound {
			t.Errorf("%d bytes allocated for a tar of %d, at most %d are expected", used, len(b), bound)
		}
		if tr == nil {
			return
		}
		checkSound(t, tr)
		image := checkImage(t, tr)
		again := read(t, b, new(limited), 1)
		if again == nil {
			t.Fatal("with one worker the tar is refused")
		}
		if !bytes.Equal(image, write(t, again)) {
			t.Error("other bytes with one worker")
		}
	})
}

// read reads a tar. It returns nil for an invalid one, and for one that is too large for the store.
func read(t *testing.T, b []byte, s *limited, workers int) *tree.Tree {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	r := bytes.NewReader(b)
	tr, err := layer.Read(ctx, r, s, layer.Options{Workers: workers})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		t.Fatal("it takes too long")
	case err == nil && r.Len() > 0:
		t.Fatalf("%d bytes are left unread", r.Len())
	case err == nil && tr == nil:
		t.Fatal("neither a tree nor an error")
	case err == nil && s.taken.Load() > storeMax:
		t.Fatal("the store's error is lost")
	}
	return tr
}

// limited is a store that computes digests, keeps nothing, and is full after storeMax bytes: a
// small tar can announce files of any size.
type limited struct{ taken atomic.Int64 }

const storeMax = 8 << 20

var errFull = errors.New("full")

func (s *limited) take(n int64) error {
	if s.taken.Add(min(n, storeMax+1)) > storeMax {
		return errFull
	}
	return nil
}

func (s *limited) Add(content []byte) (verity.Digest, error) {
	return verity.Sum(content), s.take(int64(len(content)))
}

func (s *limited) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if err := s.take(size); err != nil {
		return verity.Digest{}, err
	}
	return hashing{}.AddFrom(r, size)
}
