package ociimage

import (
	"fmt"
	"math/rand/v2"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Image is an OCI image and its visible trees. Link counts are not filled in.
type Image struct {
	Seed   uint64
	Layers [][]byte // uncompressed tars, bottom first

	// Merged is the tree of a merged image. Stock is the tree that the plain overlay driver
	// shows, but for the times of directories, which it changes while unpacking.
	Merged, Stock *tree.Tree

	// Implied are the directories that have no entry in the topmost layer that
	// shows them. In Merged they have the metadata of the same directory below, or
	// are 0755 root:root with mtime 0; in Stock they are always 0755 root:root.
	Implied map[string]bool

	// ImpliedIn are the same with only the layers up to each one.
	ImpliedIn []map[string]bool

	// Features counts the features of the image, of those that [Features] lists.
	Features map[string]int
}

// Random returns a random image, the same for the same seed.
func Random(seed uint64) *Image {
	g := &generator{r: rand.New(rand.NewPCG(seed, 12)), merged: newDir(0o555), features: map[string]int{}}
	img := &Image{Seed: seed, Features: g.features}
	for range 2 + g.r.IntN(11) {
		img.Layers = append(img.Layers, g.makeLayer())
		img.ImpliedIn = append(img.ImpliedIn, g.merged.impliedDirs())
	}
	img.Merged, img.Stock = g.merged.trees()
	img.Implied = img.ImpliedIn[len(img.Layers)-1]
	for _, f := range g.merged.list("") {
		if f.implied {
			if f.Mode == tree.TypeDir|0o755 && f.UID == 0 && f.MtimeSec == 0 {
				g.count("implied directory with nothing below")
			} else {
				g.count("implied directory over a different one")
			}
		}
	}
	return img
}

// generator makes an image. Each of its actions does nothing if its random draw is
// impossible.
type generator struct {
	r        *rand.Rand
	layer    *layer
	merged   *node // the tree of the layers below
	removed  []string
	contents []string
	features map[string]int
}

func (g *generator) oneIn(n int) bool { return g.r.IntN(n) == 0 }

// pick returns one of the values.
func pick[T any](g *generator, values ...T) T { return values[g.r.IntN(len(values))] }

func (g *generator) count(feature string) {
	if !known[feature] {
		panic(fmt.Sprintf("ociimage: internal error: no feature %q", feature))
	}
	g.features[feature]++
}

func (g *generator) countIf(is bool, feature string) {
	if is {
		g.count(feature)
	}
}

// makeLayer writes a layer and puts it on the others.
func (g *generator) makeLayer() []byte {
	g.layer = newLayer()
	entries := 5 + g.r.IntN(56)
	if g.oneIn(40) {
		entries = 0
		g.count("empty layer")
	}
	for range entries {
		switch g.r.IntN(20) {
		case 0:
			if g.oneIn(8) {
				g.whiteout(g.place())
			} else {
				g.whiteout(g.victim())
			}
		case 1:
			g.opaque()
		case 2:
			g.replaceWhiteout()
		case 3:
			g.whiteoutTwice()
		case 4:
			g.put(g.victim(), g.kind())
		case 5:
			g.belowSymlink()
		case 6:
			g.comeBack()
		case 7:
			g.put(g.inLayer(), g.kind())
		case 8:
			g.oddments()
		case 9, 10:
			g.put(g.place(), tree.TypeDir)
		default:
			g.put(g.place(), g.kind())
		}
	}
	for dir := range g.layer.alone {
		if n := g.layer.root.find(dir); n != nil {
			g.countIf(len(n.children) == 0, "opaque marker alone")
			g.countIf(len(n.children) > 0, "opaque marker before the rest")
		}
	}
	g.merged = merge(g.merged, g.layer.root)
	g.merged.implied = false
	padding := pick(g, 0, 0, 0, 512, 8192)
	g.countIf(padding > 0, "padding after the end")
	return g.layer.tar.close(padding)
}

// kind is the type of an entry; that of whiteouts stands for a hard link.
func (g *generator) kind() uint32 {
	return pick[uint32](g,
		tree.TypeRegular, tree.TypeRegular, tree.TypeRegular, tree.TypeRegular, tree.TypeDir, tree.TypeDir,
		tree.TypeSymlink, tree.TypeSymlink, hardLink, hardLink, tree.TypeFifo, tree.TypeChar, tree.TypeBlock)
}

const hardLink = tree.TypeWhiteout

// oddments writes an entry that changes nothing.
func (g *generator) oddments() {
	if g.oneIn(2) {
		g.layer.tar.write(g.globalHeader(), "")
		g.count("PAX global header")
		return
	}
	h, _ := g.header(tree.TypeDir)
	h.Name = pick(g, "./", ".", "./.", "a/..")
	g.layer.tar.write(h, "")
	g.count("entry for the root")
}
