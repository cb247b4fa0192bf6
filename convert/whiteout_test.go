package convert_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// TestWhiteoutsAnywhere checks that the positions of whiteouts and opaque markers in a tar do not
// matter, except that an empty directory of root, which a whiteout without a target makes, may
// exist or not.
func TestWhiteoutsAnywhere(t *testing.T) {
	base := lowerEntries("", 3)
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		entries, whiteouts := randomEntries(r)
		first := slices.Concat(whiteouts, entries)
		want := mergeEntries(t, base, first)
		r.Shuffle(len(whiteouts), func(i, k int) { whiteouts[i], whiteouts[k] = whiteouts[k], whiteouts[i] })
		mixed := slices.Clone(entries)
		for _, w := range whiteouts {
			mixed = slices.Insert(mixed, r.IntN(len(mixed)+1), w)
		}
		for d := range tree.Diff(want, mergeEntries(t, base, mixed)) {
			t.Fatalf("seed %d: %q shows something else than %q: %s", seed, namesOf(first), namesOf(mixed), d)
		}
	}
}

// lowerEntries returns directories a and b and a file f, and the same again in each directory.
func lowerEntries(prefix string, depth int) []layertest.Entry {
	entries := []layertest.Entry{layertest.File(prefix+"f", "lower")}
	for _, name := range []string{"a", "b"} {
		if depth > 0 {
			entries = append(entries, layertest.Dir(prefix+name).Owner(7, 7, 0o700))
			entries = append(entries, lowerEntries(prefix+name+"/", depth-1)...)
		}
	}
	return entries
}

// randomEntries returns a file f, directories of the other names, and whiteouts of both.
func randomEntries(r *rand.Rand) (entries, whiteouts []layertest.Entry) {
	dir := func() string { return [...]string{"", "a/", "b/", "a/a/", "a/b/", "b/a/"}[r.IntN(6)] }
	for range r.IntN(5) {
		if r.IntN(2) == 0 {
			entries = append(entries, layertest.File(dir()+"f", "f"))
		} else {
			entries = append(entries, layertest.Dir(dir()+"a").Owner(5, 5, 0o750))
		}
	}
	for range 1 + r.IntN(4) {
		name := [...]string{".wh.a", ".wh.b", ".wh.f", ".wh..wh..opq"}[r.IntN(4)]
		whiteouts = append(whiteouts, layertest.File(dir()+name, ""))
	}
	return entries, whiteouts
}

// mergeEntries returns the merged tree of two layers.
func mergeEntries(t *testing.T, lower, upper []layertest.Entry) *tree.Tree {
	t.Helper()
	images, err := convertAll(t, new(layertest.Contents), [][]byte{layertest.Tar(lower...), layertest.Tar(upper...)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := convert.MergeTree(t.Context(), sourcesOf(t, images), false)
	if err != nil {
		t.Fatal(err)
	}
	prune(merged.Root)
	return merged
}

// prune removes empty directories of root.
func prune(dir *tree.Inode) {
	var empty []string
	for e := range dir.Dir.All() {
		if e.Inode.IsDir() {
			prune(e.Inode)
			if e.Inode.Dir.Len() == 0 && e.Inode.UID == 0 {
				empty = append(empty, e.Name)
			}
		}
	}
	for _, name := range empty {
		dir.Dir.Remove(name)
	}
}

func namesOf(entries []layertest.Entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return strings.Join(names, " ")
}
