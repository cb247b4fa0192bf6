package objects_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/objects/objectstest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestSuite has layers of both kinds: in an existing directory, and staged.
func TestSuite(t *testing.T) {
	for name, staged := range map[string]bool{"in a directory": false, "staged": true} {
		t.Run(name, func(t *testing.T) {
			objectstest.Test(t, func(t *testing.T) objectstest.Store {
				return suiteStore{open(t), t.TempDir(), staged}
			})
		})
	}
}

// suiteStore is a pool with a place for layers.
type suiteStore struct {
	*objects.Pool
	layers string
	staged bool
}

func (s suiteStore) Open(d verity.Digest) (io.ReadCloser, error) { return s.Pool.Open(d) }

func (s suiteStore) Begin() (objectstest.Layer, error) {
	dir, err := os.MkdirTemp(s.layers, "")
	if err != nil {
		return nil, err
	}
	if s.staged {
		b, err := s.BeginStaged()
		return suiteLayer{b, filepath.Join(dir, "placed")}, err
	}
	b, err := s.Pool.Begin(dir)
	return suiteLayer{b, dir}, err
}

type suiteLayer struct {
	*objects.Batch
	dir string
}

func (l suiteLayer) Commit() error {
	err := l.Batch.Commit()
	if err == nil && l.Staged() != "" {
		err = l.Place(l.dir)
	}
	return err
}

func (l suiteLayer) Open(d verity.Digest) (io.ReadCloser, error) {
	return os.Open(filepath.Join(l.dir, objects.Path(d)))
}

func (l suiteLayer) Remove() error { return os.RemoveAll(l.dir) }
