//go:build linux

package driver_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
)

// TestUnrelated compares a container with layers that are not below it, as podman diff
// does, and makes layers of the differences on these.
func TestUnrelated(t *testing.T) {
	p := newPair(t)
	eachImage(t, func(t *testing.T, img *ociimage.Image) {
		if (img.Seed-*seed)%4 != 0 {
			return // each difference waits for the next second
		}
		other := ociimage.Random(img.Seed + 1000)
		top, parent := p.image(t, img), p.image(t, other)
		ours, theirs := p.container(t, "container", top)
		settle(t, img.Implied, ours, theirs)
		m := newMutator(t, img.Seed, ours, theirs)
		m.alike = true
		m.mutate(10)
		p.put(t, "container") // see TestCommit for why
		p.sameNaive(t, "container", parent)
		p.get(t, "container")
		p.sameNaive(t, "container", []string{ids(img)[0], ""}[img.Seed%2])

		allowed := maps.Clone(other.Implied)
		maps.Copy(allowed, img.Implied)
		p.layer(t, "commit", parent, p.ours.diff(t, "container", parent), p.theirs.diff(t, "container", parent))
		p.compare(t, "commit", "commit", mounted.Allow{DirTimes: true, Metadata: allowed}, "ro")
	})
}

// sameNaive compares the difference of a layer to one that is not its parent. Both
// drivers find it by comparing mounts, in which directories have other times.
func (p pair) sameNaive(t testing.TB, id, parent string) {
	t.Helper()
	theirs := entries(t, p.theirs.diff(t, id, parent))
	report(t, "diff to "+parent, differences(noDirs(entries(t, p.ours.diff(t, id, parent))), noDirs(theirs)))
	judge, err := changes(p.theirs, id, parent)
	must(t, err)
	ours, err := changes(p.ours, id, parent)
	must(t, err)
	dirs := map[string]bool{}
	for _, l := range theirs {
		if name, isDir := dirName(l); isDir {
			dirs[name] = true
		}
	}
	isDir := func(c string) bool { return c[0] == 'C' && dirs[strings.Trim(c[len("C "):], "/")] }
	report(t, "changes to "+parent, differences(slices.DeleteFunc(ours, isDir), slices.DeleteFunc(judge, isDir)))
}
