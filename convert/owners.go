package convert

import (
	"maps"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// owners returns the owners of the files for which a layer has entries, in ascending order.
func owners(t *tree.Tree) (uids, gids []uint32) {
	u, g := map[uint32]bool{}, map[uint32]bool{}
	for e := range t.All() {
		if n := e.Inode; !n.IsWhiteout() && !(n.IsDir() && n.Dir.Implied) {
			u[n.UID], g[n.GID] = true, true
		}
	}
	return slices.Sorted(maps.Keys(u)), slices.Sorted(maps.Keys(g))
}

// hasImplied reports whether a directory below the root of a layer has no entry of its own.
func hasImplied(t *tree.Tree) bool {
	for e := range t.All() {
		if e.Inode != t.Root && e.Inode.IsDir() && e.Inode.Dir.Implied {
			return true
		}
	}
	return false
}
