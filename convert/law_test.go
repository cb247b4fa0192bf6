package convert_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestMergeOne checks that merging a single layer does not change it: as a segment not at all, and
// as a merged image except for marks that concern other layers.
func TestMergeOne(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		want := reread(t, randomLayer(r, int(seed)))
		sources := sourcesOf(t, [][]byte{write(t, want, erofs.Layer)})
		for d := range tree.Diff(want, mergeTree(t, sources, true)) {
			t.Errorf("seed %d: segment: %s", seed, d)
		}
		withoutLayers(want)
		for d := range tree.Diff(want, mergeTree(t, sources, false)) {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}

// randomLayer returns a random layer whose files are all in the pool and that has no
// name that stock containers/storage writes for whiteouts.
func randomLayer(r *rand.Rand, n int) *tree.Tree {
	tr := treetest.RandomLayer(r, n)
	var dirs []*tree.Dir
	_ = tr.Walk(func(path string, e *tree.Entry) error {
		n := e.Inode
		switch {
		case n.IsDir():
			dirs = append(dirs, n.Dir)
		case n.IsExternal():
			n.Size = max(n.Size, tree.InlineMax+1)
			d := verity.Sum([]byte(path))
			n.Digest, n.Payload = d, tree.ByDigest
		}
		return nil
	})
	for _, dir := range dirs {
		dir.Remove(".wh.x")
		if r.IntN(len(dirs)+1) == 0 {
			_ = dir.Add(tree.Entry{Name: "zz", Inode: tree.NewWhiteout()}) // it may be there
		}
	}
	_ = tr.Walk(func(_ string, e *tree.Entry) error {
		switch {
		case e.Inode.Type() == tree.TypeWhiteout:
			e.Inode, e.Link = tree.NewWhiteout(), false
		case !e.Inode.IsDir():
			e.Inode.Nlink = 2 // so that names are counted
		}
		return nil
	})
	tr.Relink()
	return tr
}

// reread returns the tree of a tree's layer image.
func reread(t *testing.T, tr *tree.Tree) *tree.Tree {
	t.Helper()
	got, err := open(t, write(t, tr, erofs.Layer)).Tree()
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// withoutLayers removes the marks that concern other layers.
func withoutLayers(tr *tree.Tree) {
	_ = tr.Walk(func(_ string, e *tree.Entry) error {
		n := e.Inode
		if !n.IsDir() {
			return nil
		}
		n.Dir.Opaque, n.Dir.Implied = false, false
		var gone []string
		for child := range n.Dir.All() {
			if child.Inode.Type() == tree.TypeWhiteout {
				gone = append(gone, child.Name)
			}
		}
		for _, name := range gone {
			n.Dir.Remove(name)
		}
		return nil
	})
}

func mergeTree(t *testing.T, sources []convert.Source, segment bool) *tree.Tree {
	t.Helper()
	merged, err := convert.MergeTree(t.Context(), sources, segment)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// layerAlike returns a layer that has much in common with others of a chain; 0 is the lowest.
func layerAlike(r *rand.Rand, layer int) *tree.Tree {
	tr := tree.New()
	tr.Root.Dir.Implied = layer > 0 && r.IntN(4) > 0
	fillAlike(r, tr.Root, layer, 3)
	return tr
}

// TestMergeLaws checks on layers with much in common that the order of partial merges does not
// matter, and that an empty layer changes nothing.
func TestMergeLaws(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 7))
		var sources []convert.Source
		for i := range 4 {
			sources = append(sources, sourcesOf(t, [][]byte{write(t, layerAlike(r, i), erofs.Layer)})...)
		}
		merged := mergeTree(t, sources, false)
		checkSegments(t, sources, merged)
		middle := []convert.Source{sources[0], segment(t, sources[1:3]), sources[3]}
		for d := range tree.Diff(merged, mergeTree(t, middle, false)) {
			t.Errorf("middle segment: %s", d)
		}
		upper, again := segment(t, sources[1:]), segment(t, []convert.Source{segment(t, sources[1:3]), sources[3]})
		checkSame(t, "segment of a segment", upper, again)

		none := tree.New()
		none.Root.Dir.Implied = true
		empty := sourcesOf(t, [][]byte{write(t, none, erofs.Layer)})
		for i := range len(sources) + 1 {
			chain := append(append(append([]convert.Source(nil), sources[:i]...), empty...), sources[i:]...)
			for d := range tree.Diff(merged, mergeTree(t, chain, false)) {
				t.Errorf("empty layer %d: %s", i+1, d)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestExtend adds layers with much in common to the tree of the layers below them: the image has the same bytes as
// that of a merge of all.
func TestExtend(t *testing.T) {
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 8))
		var sources []convert.Source
		for i := range 5 {
			tr := layerAlike(r, i)
			if r.IntN(3) == 0 {
				linkAlike(r, tr)
			}
			sources = append(sources, sourcesOf(t, [][]byte{write(t, tr, erofs.Layer)})...)
		}
		checkExtended(t, sources, 1+r.IntN(4), 1+r.IntN(2))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestExtendRandom is TestExtend with layers of files of all types.
func TestExtendRandom(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		var images [][]byte
		for i := range 3 {
			tr := randomLayer(r, int(seed)+i)
			for e := range tr.All() {
				if n := e.Inode; n.IsDir() && n.Dir.Implied {
					dir := n.Dir
					*n = *tree.NewDir(0o755)
					n.Dir = dir
				}
			}
			images = append(images, write(t, tr, erofs.Layer))
		}
		checkExtended(t, sourcesOf(t, images), 1, 1)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// linkAlike gives a file of a layer a second name.
func linkAlike(r *rand.Rand, tr *tree.Tree) {
	var dirs []*tree.Dir
	var files []*tree.Entry
	for e := range tr.All() {
		if e.Inode.IsDir() {
			dirs = append(dirs, e.Inode.Dir)
		} else if e.Inode.Type() == tree.TypeRegular {
			files = append(files, e)
		}
	}
	if len(files) == 0 {
		return
	}
	n := files[r.IntN(len(files))].Inode
	n.Nlink = 2
	_ = dirs[r.IntN(len(dirs))].Add(tree.Entry{Name: "link", Inode: n}) // it may be there
	tr.Relink()
}

// checkExtended merges the lowest layers, and then adds the others in parts of at most the given number.
func checkExtended(t *testing.T, sources []convert.Source, lowest, part int) {
	t.Helper()
	var want, got bytes.Buffer
	wantDigest, err := convert.Merge(t.Context(), sources, &want, convert.MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tr := mergeTree(t, sources[:lowest], false)
	for rest := sources[lowest:]; len(rest) > 0; rest = rest[min(part, len(rest)):] {
		if err := convert.Extend(t.Context(), tr, rest[:min(part, len(rest))]); err != nil {
			t.Fatal(err)
		}
		if _, err := convert.WriteMerged(io.Discard, tr, 0); err != nil { // which changes nothing
			t.Fatal(err)
		}
	}
	gotDigest, err := convert.WriteMerged(&got, tr, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) || gotDigest.Digest != wantDigest.Digest {
		t.Error("the image differs")
	}
	for d := range tree.Diff(mergeTree(t, sources, false), tr) {
		t.Errorf("merged and extended: %s", d)
	}
}

func checkSame(t *testing.T, name string, a, b convert.Source) {
	t.Helper()
	for d := range tree.Diff(mergeTree(t, []convert.Source{a}, true), mergeTree(t, []convert.Source{b}, true)) {
		t.Errorf("%s: %s", name, d)
	}
}

// fillAlike fills a directory of layer number i with few names, so that layers meet.
func fillAlike(r *rand.Rand, dir *tree.Inode, i, depth int) {
	for _, name := range []string{"a", "b", "c"} {
		n := &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1, UID: uint32(i), MtimeSec: r.Int64N(100)}
		switch k := r.IntN(8); {
		case k < 3 && depth > 0:
			n = tree.NewDir(0o700)
			n.Dir.Opaque, n.Dir.Implied = r.IntN(4) == 0, r.IntN(3) == 0
			if !n.Dir.Implied { // those are all alike
				n.UID = uint32(i)
			}
			fillAlike(r, n, i, depth-1)
		case k == 3:
			n.Content, n.Size = fmt.Sprint(i), 1
			d := verity.Sum([]byte(n.Content))
			n.Digest, n.Payload = d, tree.ByDigest
		case k == 4:
			n = tree.NewWhiteout()
		case k > 5:
			continue
		}
		_ = dir.Dir.Add(tree.Entry{Name: name, Inode: n}) // each name comes once
	}
}
