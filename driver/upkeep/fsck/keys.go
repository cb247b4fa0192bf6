package fsck

import (
	"cmp"
	"maps"
	"slices"
)

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

// sortedKeys returns the keys of a map in order, for deterministic output.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
