package convert_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestLayerUUID checks that the tree in the image of a layer has the UUID of the image, as package fsck
// expects.
func TestLayerUUID(t *testing.T) {
	for seed := range uint64(50) {
		layer := treetest.RandomLayer(rand.New(rand.NewPCG(seed, 0)), 200)
		want := convert.LayerUUID(layer)
		b, err := layerBytes(layer)
		if err != nil {
			t.Fatal(err)
		}
		img, err := erofs.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		back, err := img.Tree()
		if err != nil {
			t.Fatal(err)
		}
		if got := convert.LayerUUID(back); got != want || img.UUID() != want {
			t.Errorf("seed %d: UUID %x, in the image %x, of its tree %x", seed, want, img.UUID(), got)
		}
	}
}

// TestLayerUUIDs checks that layers with another entry have another UUID.
func TestLayerUUIDs(t *testing.T) {
	entry := func(name string, change func(n *tree.Inode)) *tree.Tree {
		n := &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1, Size: 1, Content: "c"}
		change(n)
		root := tree.New()
		if err := root.Root.Dir.Add(tree.Entry{Name: name, Inode: n}); err != nil {
			t.Fatal(err)
		}
		return root
	}
	seen := map[[16]byte]string{}
	for what, layer := range map[string]*tree.Tree{
		"empty": tree.New(),
		"plain": entry("a", func(*tree.Inode) {}), "name": entry("b", func(*tree.Inode) {}),
		"content": entry("a", func(n *tree.Inode) { n.Content = "d" }), "mode": entry("a", func(n *tree.Inode) { n.Mode |= 0o111 }),
		"owner": entry("a", func(n *tree.Inode) { n.UID = 1 }), "group": entry("a", func(n *tree.Inode) { n.GID = 1 }),
		"time": entry("a", func(n *tree.Inode) { n.MtimeSec = 1 }), "nanoseconds": entry("a", func(n *tree.Inode) { n.MtimeNsec = 1 }),
		"digest": entry("a", func(n *tree.Inode) { n.Content, n.Digest, n.Payload = "", verity.Sum(nil), tree.ByDigest }),
		"target": entry("a", func(n *tree.Inode) { n.Mode, n.Content, n.Payload = tree.TypeSymlink|0o777, "", "c" }),
		"device": entry("a", func(n *tree.Inode) { n.Mode, n.Content, n.Size, n.Rdev = tree.TypeChar|0o644, "", 0, 7 }),
	} {
		uuid := convert.LayerUUID(layer)
		if other, ok := seen[uuid]; ok {
			t.Errorf("%s and %s have the UUID %x", what, other, uuid)
		}
		seen[uuid] = what
	}
	if _, none := seen[[16]byte{}]; none {
		t.Error("a layer has no UUID")
	}
}
