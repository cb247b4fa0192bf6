package convert_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// mergeFactor limits the memory that merging allocates, garbage included, as a multiple of the
// sizes of the images: the limit of reading them, and as much again for the result.
const mergeFactor = 2 * erofs.MemoryFactor

// FuzzMerge merges damaged layer images and merged images, with all options for payloads. Nothing
// may panic or take more memory than mergeFactor allows. If merging succeeds, the tree must have an
// image, or the writer must name the entry that has none. The same holds for its canonical tree.
func FuzzMerge(f *testing.F) {
	images := seedImages(f)
	for i, upper := range images {
		lower := images[(i*7+1)%len(images)]
		f.Add(lower, upper, uint8(i), uint32(0), uint32(0), uint32(0), uint32(0))
		f.Add(lower, upper, uint8(i*8+5), uint32(0), uint32(0), uint32(0), uint32(0))
		f.Add(lower, upper, uint8(i+1), uint32(1152+i*64), uint32(0xff), uint32(9500+i*32), uint32(i))
	}
	f.Fuzz(func(t *testing.T, lower, upper []byte, how uint8, at1, value1, at2, value2 uint32) {
		const most = 256 << 10
		if len(lower) > most || len(upper) > most {
			return
		}
		lower, upper = bytes.Clone(lower), bytes.Clone(upper)
		patch(lower, at1, value1)
		patch(upper, at2, value2)
		chain := [][]byte{lower, upper}
		if how&1 != 0 {
			chain = append(chain, lower)
		}
		checkMerge(t, chain, mergeHow(how))
	})
}

// mergeHow encodes the options of a merge in bits. The first is the number of images.
type mergeHow uint8

func (h mergeHow) segment() bool   { return h&2 != 0 }
func (h mergeHow) adopts() bool    { return h&4 != 0 }
func (h mergeHow) keeps() bool     { return h&8 != 0 }
func (h mergeHow) reads() bool     { return h&16 != 0 }
func (h mergeHow) canonical() bool { return h&32 != 0 }

// seedImages returns small layer images and merged images.
func seedImages(t testing.TB) (images [][]byte) {
	t.Helper()
	add := func(tr *tree.Tree, format erofs.Format) {
		var b bytes.Buffer
		if _, err := erofs.Write(&b, tr, erofs.Options{Format: format}); err != nil {
			t.Fatal(err)
		}
		if b.Len() <= 32<<10 {
			images = append(images, b.Bytes())
		}
	}
	for _, c := range layertest.Ugly() {
		for _, in := range c.Layers {
			tr, err := layer.Read(t.Context(), bytes.NewReader(in), new(layertest.Contents), layer.Options{})
			if err == nil {
				add(tr, erofs.Layer)
			}
		}
	}
	for _, v := range treetest.Accepted(t) {
		if len(v.Options) > 0 || len(v.Dump) > 4<<10 {
			continue
		}
		if tr, err := dump.Parse(bytes.NewReader(v.Dump), dump.Lenient); err == nil {
			add(tr, erofs.V1)
		}
	}
	for seed := range uint64(10) {
		add(treetest.RandomLayer(rand.New(rand.NewPCG(seed, 3)), int(seed*4)), erofs.Layer)
	}
	return images
}

// patch changes four bytes at a place that the engine would rarely hit.
func patch(b []byte, at, value uint32) {
	if value == 0 || len(b) < 4 {
		return
	}
	i := int(at) % (len(b) - 3)
	for k := range 4 {
		b[i+k] ^= byte(value >> (8 * k))
	}
}

// checkMerge merges a chain of images that may be damaged.
func checkMerge(t *testing.T, images [][]byte, how mergeHow) {
	t.Helper()
	var chain []convert.Source
	size := 0
	for _, image := range images {
		m, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
		if err != nil {
			return // FuzzImage tests that
		}
		s := convert.Source{Image: m, Keep: how.keeps()}
		if how.adopts() {
			s.Adopt = adopt
		}
		if how.reads() {
			s.Read = readKept
		}
		chain = append(chain, s)
		size += len(image)
	}
	var merged *tree.Tree
	var err error
	used := layertest.Allocated(func() { merged, err = convert.MergeTree(t.Context(), chain, how.segment()) })
	if most := uint64(size*mergeFactor + len(chain)<<20); used > most {
		t.Errorf("%d bytes allocated for images of %d, at most %d are expected", used, size, most)
	}
	if err != nil {
		if !isOneOf(err, erofs.ErrCorrupt, erofs.ErrUnsupported, convert.ErrAdopt, objects.ErrDamaged) {
			t.Errorf("error %v says nothing of its kind", err)
		}
		return
	}
	format := erofs.V1
	if how.segment() {
		format = erofs.Layer
	}
	checkImage(t, merged, format)
	if how.canonical() && !how.segment() && convert.Canonical(merged, how.reads()) == nil {
		checkImage(t, merged, format)
	}
}

// checkImage checks that a tree has an image, and that the image's tree has the same image.
func checkImage(t *testing.T, merged *tree.Tree, format erofs.Format) {
	t.Helper()
	var image bytes.Buffer
	if _, err := erofs.Write(&image, merged, erofs.Options{Format: format}); err != nil {
		var entry *erofs.EntryError
		if !errors.As(err, &entry) {
			t.Errorf("Write: %v", err)
		}
		return
	}
	tr, err := open(t, image.Bytes()).Tree()
	if err != nil {
		t.Fatalf("Tree of what Write made: %v", err)
	}
	if !bytes.Equal(image.Bytes(), write(t, tr, format)) {
		t.Error("other bytes when the merged image is read and written again")
	}
}

func isOneOf(err error, kinds ...error) bool {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// adopt makes a content for every payload that depends on its path and size only.
func adopt(payload string, size int64) (verity.Digest, []byte, error) {
	content := []byte(payload)
	if 0 <= size && size <= tree.InlineMax {
		content = append(content, make([]byte, tree.InlineMax)...)[:size]
	}
	return verity.Sum(content), content, nil
}

// readKept is adopt for kept payloads.
func readKept(payload string, size int64) ([]byte, error) {
	_, content, err := adopt(payload, size)
	return content, err
}
