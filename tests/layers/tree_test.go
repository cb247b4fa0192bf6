//go:build linux

package layers_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// TestTrees judges the other half of TestRandomImages: the trees that are wanted,
// written to an image as they are, can be mounted and show the same.
func TestTrees(t *testing.T) {
	needs.Root(t)
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		got, err := mounted.Read(mountTree(t, img.Merged), mounted.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report(t, "mounted and wanted", mounted.Compare(got, ociimage.Random(img.Seed).Merged, mounted.Allow{}))
	})
}

// mountTree makes the files of tr external that are to be, and mounts its image.
func mountTree(t *testing.T, tr *tree.Tree) string {
	t.Helper()
	dir, layerDir := t.TempDir(), t.TempDir()
	pool, err := objects.Open(dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := pool.Begin(layerDir)
	if err != nil {
		t.Fatal(err)
	}
	err = tr.Walk(func(_ string, e *tree.Entry) error {
		n := e.Inode
		if n.Type() != tree.TypeRegular || len(n.Content) <= tree.InlineMax {
			return nil
		}
		d, err := batch.Add([]byte(n.Content))
		n.Content, n.Payload, n.Digest = "", objects.Path(d), d
		return err
	})
	if err == nil {
		err = batch.Commit()
	}
	if err = errors.Join(err, batch.Close(), pool.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "image")
	err = writeImage(path, func(w io.Writer) (convert.Written, error) {
		h := verity.New()
		size, err := erofs.Write(io.MultiWriter(w, h), tr, erofs.Options{Format: erofs.V1})
		return convert.Written{Digest: h.Digest(), Size: size}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return mounted.Overlay(t, mounted.Erofs(t, path), filepath.Join(dir, "objects"))
}
