package convert_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestRemap checks on layers with much in common that a remapped image shows their merged tree with
// other owners: alone, on top of them, and stacked without an opaque root.
func TestRemap(t *testing.T) {
	owner := func(uid, gid uint32) (uint32, uint32, error) { return uid + 1000, gid + 2000, nil }
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		var sources []convert.Source
		for i := range 3 {
			tr := tree.New()
			tr.Root.Dir.Implied = r.IntN(2) > 0
			fillAlike(r, tr.Root, i, 3)
			sources = append(sources, sourcesOf(t, [][]byte{write(t, tr, erofs.Layer)})...)
		}
		want := mergeTree(t, sources, false)
		named := map[verity.Digest]bool{}
		_ = want.Walk(func(_ string, e *tree.Entry) error {
			if n := e.Inode; !e.Link {
				n.UID, n.GID = n.UID+1000, n.GID+2000
				if n.Content != "" {
					named[verity.Sum([]byte(n.Content))] = true
				}
			}
			return nil
		})
		var b bytes.Buffer
		var list []convert.Content
		_, err := convert.Remap(t.Context(), sources, &b, convert.RemapOptions{Owner: owner, Contents: func(all []convert.Content) error {
			list = all
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if !named[c.Digest] || c.Size != 1 {
				t.Errorf("content %s of %d bytes, twice or in no file", c.Digest, c.Size)
			}
			delete(named, c.Digest)
		}
		if len(named) > 0 {
			t.Errorf("%d contents are missing", len(named))
		}
		remapped := sourcesOf(t, [][]byte{b.Bytes()})
		notOpaque, err := open(t, b.Bytes()).Tree()
		if err != nil {
			t.Fatal(err)
		}
		notOpaque.Root.Dir.Opaque = false
		for name, chain := range map[string][]convert.Source{
			"alone":       remapped,
			"on top":      append(slices.Clone(sources), remapped...),
			"not opaque":  append(slices.Clone(sources), sourcesOf(t, [][]byte{write(t, notOpaque, erofs.Layer)})...),
			"and a layer": append(slices.Clone(remapped), sourcesOf(t, [][]byte{write(t, impliedRoot(), erofs.Layer)})...),
		} {
			for d := range tree.Diff(want, mergeTree(t, chain, false)) {
				t.Errorf("%s: %s", name, d)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestRemapLayer checks that layers that are remapped one by one and then merged give the merged
// tree with other owners.
func TestRemapLayer(t *testing.T) {
	owner := func(uid, gid uint32) (uint32, uint32, error) { return uid + 1000, gid + 2000, nil }
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 8))
		var sources, remapped []convert.Source
		for i := range 3 {
			tr := tree.New()
			tr.Root.Dir.Implied = r.IntN(2) > 0
			fillAlike(r, tr.Root, i, 3)
			sources = append(sources, sourcesOf(t, [][]byte{write(t, tr, erofs.Layer)})...)
			var b bytes.Buffer
			if _, err := convert.RemapLayer(t.Context(), sources[i], &b, convert.RemapOptions{Owner: owner}); err != nil {
				t.Fatal(err)
			}
			remapped = append(remapped, sourcesOf(t, [][]byte{b.Bytes()})...)
		}
		want := mergeTree(t, sources, false)
		_ = want.Walk(func(_ string, e *tree.Entry) error {
			if n := e.Inode; !e.Link {
				n.UID, n.GID = n.UID+1000, n.GID+2000
			}
			return nil
		})
		for d := range tree.Diff(want, mergeTree(t, remapped, false)) {
			t.Errorf("seed %d: %s", seed, d)
		}
	}
}

func impliedRoot() *tree.Tree {
	tr := tree.New()
	tr.Root.Dir.Implied = true
	return tr
}

// TestRemapErrors checks the errors for an owner without a mapping, and for a content that is not
// in the pool.
func TestRemapErrors(t *testing.T) {
	tr := tree.New()
	_ = tr.Root.Dir.Add(tree.Entry{Name: "f", Inode: &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1, UID: 7, Size: 100, Payload: "some/where"}})
	stock := convert.Source{Image: open(t, write(t, tr, erofs.V1)), Keep: true}
	none := errors.New("no such owner")
	same := func(uid, gid uint32) (uint32, uint32, error) { return uid, gid, nil }
	for name, c := range map[string]struct {
		owner func(uid, gid uint32) (uint32, uint32, error)
		want  error
		words string
	}{
		"owner": {func(uid, _ uint32) (uint32, uint32, error) {
			if uid == 7 {
				return 0, 0, none
			}
			return 0, 0, nil
		}, none, `"/f": no such owner`},
		"content": {same, convert.ErrAdopt, `"/f": payload "some/where"`},
	} {
		var b bytes.Buffer
		_, err := convert.Remap(t.Context(), []convert.Source{stock}, &b, convert.RemapOptions{Owner: c.owner, Contents: func([]convert.Content) error { return nil }})
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.words) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, b.Len())
		}
	}
}
