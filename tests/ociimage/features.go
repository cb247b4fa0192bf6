package ociimage

import (
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Features are all the things that an image may have and Image.Features counts.
// Enough images have each of them.
var Features = features()

var known = map[string]bool{}

var typeNames = map[uint32]string{tree.TypeRegular: "file", tree.TypeDir: "directory", tree.TypeSymlink: "symlink"}

func features() []string {
	all := []string{
		"empty layer", "padding after the end", "PAX global header", "entry for the root",
		"format USTAR", "format PAX", "format GNU", "sparse file 0.1", "sparse file 1.0",
		"whiteout of nothing", "whiteout of a directory", "whiteout of a symlink", "whiteout of a file",
		"whiteout whose name is too long for a file", "whiteout below a whiteout", "whited-out name returns",
		"opaque marker alone", "opaque marker before the rest", "opaque marker after the rest", "opaque implied directory",
		"deleted directory returns", "directory over a directory", "directory entry after its contents",
		"implied directory with nothing below", "implied directory over a different one", "entry below a symlink",
		"name with an odd character", "name that is not UTF-8", "name of 255 bytes", "absolute name", "name with ..",
		"name with doubled slashes", "directory with a trailing slash", "deep path",
		"setuid, setgid or sticky", "id of 32 bits", "time before 1970", "nanoseconds", "time after 2262",
		"trusted.foo", "user.*", "access ACL", "default ACL", "security.capability", "security.selinux, to be dropped",
		"hard link that repeats", "hard link that differs", "hard link to a symlink", "capability lost to a hard link",
		"symlink to a directory", "relative symlink", "dangling symlink",
		"fifo", "character device", "block device",
		"repeated content", "file of a megabyte", "empty file", "file of 64 bytes",
	}
	for from, a := range typeNames {
		for to, b := range typeNames {
			if from != to {
				all = append(all, a+" becomes "+b, a+" becomes "+b+" within a layer")
			}
		}
	}
	slices.Sort(all)
	for _, f := range all {
		known[f] = true
	}
	return all
}

// countReplaced counts the effects of an entry at path on the existing one in its layer, and
// to what shows from below.
func (g *generator) countReplaced(path string, old, n *node, link bool) {
	became := func(was *node, where string) {
		from, to := typeNames[was.Type()], typeNames[n.Type()]
		g.countIf(from != "" && to != "" && from != to && !link, from+" becomes "+to+where)
	}
	below := g.merged.find(path)
	switch {
	case old != nil && old.Type() == tree.TypeWhiteout:
		g.count("whited-out name returns")
	case old != nil && old != n:
		became(old, " within a layer")
	case below != nil:
		became(below, "")
		g.countIf(below.IsDir() && n.IsDir(), "directory over a directory")
	case n.IsDir():
		for _, dir := range g.removed {
			g.countIf(dir == path, "deleted directory returns")
		}
	}
	g.countIf(len(parts(path)) > 30, "deep path")
}
