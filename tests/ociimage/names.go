package ociimage

import (
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

const (
	pathMax  = 3000 // bytes, so that system calls take any path with what precedes it
	depthMax = 40
)

var oddNames = []string{
	"-", "--", "...", "..x", ".hidden", "a b", " ", "tab\t", "new\nline", `back\slash`, "=", "a=b", "@x", "#", "*",
	"a:b", "a,b", "%20", "\x01\x7f", "é", "\xff\xfe", "caf\xe9", ".wh", "wh.x", "usr", "ab", "00", "ff", "'\"",
}

// name is a name in a directory, mostly one of a few, so that layers meet.
func (g *generator) name() string {
	switch g.r.IntN(12) {
	case 0, 1:
		name := pick(g, oddNames...)
		g.countIf(strings.ContainsAny(name, " \t\n\\=@-"), "name with an odd character")
		g.countIf(strings.ToValidUTF8(name, "") != name, "name that is not UTF-8")
		return name
	case 2:
		size := pick(g, 99, 100, 101, 156, 251, 252, tree.NameMax)
		g.countIf(size == tree.NameMax, "name of 255 bytes")
		return strings.Repeat(pick(g, "x", "y"), size)
	}
	return fmt.Sprintf("%c%d", 'a'+g.r.IntN(6), g.r.IntN(4))
}

// anyOf returns the path of one of those for which ok holds, or "".
func anyOf(g *generator, all []found, ok func(found) bool) string {
	var paths []string
	for _, f := range all {
		if ok(f) {
			paths = append(paths, f.path)
		}
	}
	if len(paths) == 0 {
		return ""
	}
	return pick(g, paths...)
}

func isDir(f found) bool { return f.IsDir() }

// place returns a path for a new entry, in a directory that is below, in the layer,
// or nowhere yet.
func (g *generator) place() string {
	var dir string
	shallow := func(f found) bool { return f.IsDir() && strings.Count(f.path, "/") < 5 }
	switch g.r.IntN(8) {
	case 0, 1, 2:
		dir = anyOf(g, g.merged.list(""), shallow)
	case 3, 4, 5:
		dir = anyOf(g, g.layer.root.list(""), shallow)
	}
	for g.oneIn(8) {
		dir = join(dir, g.name())
	}
	if g.oneIn(200) {
		dir = join(dir, strings.TrimSuffix(strings.Repeat(pick(g, "p/", "q/"), 30), "/"))
	}
	return join(dir, g.name())
}

// victim returns the path of something that shows below.
func (g *generator) victim() string {
	return anyOf(g, g.merged.list(""), func(found) bool { return true })
}

// inLayer returns the path of something that the layer has.
func (g *generator) inLayer() string {
	return anyOf(g, g.layer.root.list(""), func(f found) bool { return f.Type() != tree.TypeWhiteout })
}

// usable reports whether an entry can have that path in the layer.
func (g *generator) usable(path string) bool {
	dir, name := split(path)
	return name != "" && name != "." && name != ".." && !strings.HasPrefix(name, ".wh.") &&
		len(path) <= pathMax && strings.Count(path, "/") < depthMax && g.layer.open(dir)
}

// spell returns one of the ways to write a path in a tar.
func (g *generator) spell(path string) string {
	switch g.r.IntN(10) {
	case 0, 1, 2:
		return "./" + path
	case 3:
		g.count("absolute name")
		return "/" + path
	case 4:
		g.count("name with ..")
		return pick(g, "a/../", "../", "x/y/../../", "/../") + path
	case 5:
		g.count("name with doubled slashes")
		return "./" + strings.ReplaceAll(path, "/", "//")
	}
	return path
}

// spellLink returns one of the ways to write the target of a hard link. The stock
// driver does not take as many for one file.
func (g *generator) spellLink(path string) string { return pick(g, "", "./", "/") + path }
