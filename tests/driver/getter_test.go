//go:build linux

package driver_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/vbatts/tar-split/tar/asm"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// split returns the tar-split of a layer's tar. It returns an error for a tar that tar-split refuses, or
// would refuse if it cleaned names.
func split(layer []byte) ([]byte, error) {
	seen := map[string]bool{}
	for r := tar.NewReader(bytes.NewReader(layer)); ; {
		h, err := r.Next()
		if err != nil {
			break // tar-split reports the error
		}
		if name := path.Clean("/" + h.Name); seen[name] {
			return nil, storage.ErrDuplicatePath
		} else {
			seen[name] = true
		}
	}
	var meta bytes.Buffer
	r, err := asm.NewInputTarStream(bytes.NewReader(layer), storage.NewJSONPacker(&meta), storage.NewDiscardFilePutter())
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	return meta.Bytes(), err
}

// reassemble puts a layer's tar together again.
func (s *store) reassemble(t testing.TB, id string, meta []byte) ([]byte, error) {
	t.Helper()
	getter, err := s.Driver.(graphdriver.DiffGetterDriver).DiffGetter(id)
	must(t, err)
	r := asm.NewOutputTarStream(getter, storage.NewJSONUnpacker(bytes.NewReader(meta)))
	tar, err := io.ReadAll(r)
	return tar, errors.Join(err, r.Close(), getter.Close())
}

// sameTar checks that a layer gives back its tar where the stock driver does. Neither
// does if tar-split refuses the tar, or if it has sparse files, contents of whiteouts,
// or files that are replaced later on.
func (p pair) sameTar(t testing.TB, id string, tar []byte) (same bool) {
	t.Helper()
	meta, err := split(tar)
	if err != nil {
		return false
	}
	got, err := p.ours.reassemble(t, id, meta)
	if err == nil && bytes.Equal(got, tar) {
		return true
	}
	theirs, err2 := p.theirs.reassemble(t, id, meta)
	if err2 == nil && bytes.Equal(theirs, tar) {
		t.Errorf("layer %s: %d bytes of %d, error %v", id, len(got), len(tar), err)
	}
	return false
}

// TestDiffGetter puts the tars of images together again.
func TestDiffGetter(t *testing.T) {
	p := newPair(t)
	same := 0
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		p.image(t, img)
		for i, id := range ids(img) {
			if p.sameTar(t, id, img.Layers[i]) {
				same++
			}
		}
	})
	if same < *images {
		t.Errorf("only %d layers", same)
	}
}

// TestDiffGetterUgly does so with odd layers, converted ones and plain ones on these.
func TestDiffGetterUgly(t *testing.T) {
	dirs := newDirs(t)
	theirs := newStore(t, kind{stock: true})
	on, off := dirs.open(t, kind{}), dirs.open(t, kind{off: true})
	base := layertest.Tar(layertest.File("base", "base"))
	pair{on, theirs}.layer(t, "base", "", base, base)
	same := map[*store]int{}
	for i, c := range layertest.Ugly() {
		if c.Stock == layertest.Refuses || c.Err != "" {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, s := range []*store{on, off} {
				parent := "base"
				for n, l := range c.Layers {
					id := fmt.Sprintf("case%d-%d-%v", i, n, s == on)
					p := pair{s, theirs}
					p.layer(t, id, parent, l, l)
					parent = id
					if p.sameTar(t, id, l) {
						same[s]++
					}
				}
			}
		})
	}
	if same[on] < 50 || same[off] < 50 {
		t.Errorf("only %d and %d layers", same[on], same[off])
	}
}

// TestDiffGetterSizes assembles tars with a size in headers of other types than files. The stock driver
// cannot.
func TestDiffGetterSizes(t *testing.T) {
	s := newStore(t, kind{})
	s.layer(t, "base", "", layertest.Tar(layertest.File("target", "below")))
	sized := func(typeflag byte, name string) layertest.Entry {
		return layertest.Raw(layertest.RawHeader(typeflag, name, 0o755, 700, map[int]string{157: "target"}))
	}
	tar := layertest.Tar(sized('5', "d/"), layertest.File("target", "target"), sized('2', "symlink"), sized('6', "fifo"), sized('3', "device"), layertest.File("behind", "behind"))
	s.layer(t, "layer", "base", tar)
	meta, err := split(tar)
	must(t, err)
	if got, err := s.reassemble(t, "layer", meta); err != nil || !bytes.Equal(got, tar) {
		t.Errorf("%d bytes of %d, %v", len(got), len(tar), err)
	}
}

// TestDiffGetterFails checks that a wrong content is an error.
func TestDiffGetterFails(t *testing.T) {
	s := newStore(t, kind{})
	s.layer(t, "layer", "", layertest.Tar(layertest.File("f", "another")))
	for _, other := range []string{"content", "longer content"} {
		meta, err := split(layertest.Tar(layertest.File("f", other)))
		must(t, err)
		if got, err := s.reassemble(t, "layer", meta); err == nil {
			t.Errorf("%q in place of %q is none", got, other)
		}
	}
	meta, err := split(layertest.Tar(layertest.File("missing", "content")))
	must(t, err)
	if _, err := s.reassemble(t, "layer", meta); err == nil {
		t.Error("a missing file is none")
	}
}
