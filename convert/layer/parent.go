package layer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// linksMax is the largest number of symlinks in a path (MAXSYMLINKS of Linux).
const linksMax = 40

// Reasons why a path leads to no directory.
var (
	errNotDir  = errors.New("not a directory")
	errMissing = errors.New("not in the layer so far")
	errHidden  = errors.New("deleted by the layer")
)

// parent returns the directory of an entry, by its absolute, clean path. Missing directories become
// implied ones.
func (b *Builder) parent(dir string) (*tree.Inode, error) {
	if b.lastDir != nil && dir == b.lastPath {
		return b.lastDir, nil
	}
	n, err := b.lookup(dir, true)
	if err != nil {
		return nil, fmt.Errorf("its directory: %w", err)
	}
	b.lastPath, b.lastDir = dir, n
	return n, nil
}

// lookup follows a path from the root of the layer, and symlinks as in a chroot. If create is set
// it makes missing directories; the target of a symlink must be in the layer.
func (b *Builder) lookup(dir string, create bool) (*tree.Inode, error) {
	way := []*tree.Inode{b.tree.Root}
	target, links := "", 0 // the rest of the targets of symlinks
	for dir, target = trim(dir), trim(target); dir != "" || target != ""; dir, target = trim(dir), trim(target) {
		name, followed := "", target != ""
		if followed {
			name, target, _ = strings.Cut(target, "/")
		} else {
			name, dir, _ = strings.Cut(dir, "/")
		}
		switch name {
		case ".":
			continue
		case "..":
			way = way[:max(1, len(way)-1)]
			continue
		}
		at := way[len(way)-1]
		e, ok := at.Dir.Lookup(name)
		switch {
		case ok && e.Inode.IsDir():
			way = append(way, e.Inode)
		case ok && e.Inode.Type() == tree.TypeSymlink:
			if links++; links > linksMax {
				return nil, fmt.Errorf("%q: too many symlinks", name)
			}
			if strings.HasPrefix(e.Inode.Payload, "/") {
				way = way[:1]
			}
			target = e.Inode.Payload + "/" + target
		case ok && e.Inode.Type() != tree.TypeWhiteout:
			return nil, fmt.Errorf("%q: %w", name, errNotDir)
		case followed:
			return nil, fmt.Errorf("a symlink leads to %q, which is not in the layer so far", name)
		case !create && ok:
			return nil, fmt.Errorf("%q: %w", name, errHidden)
		case !create:
			return nil, fmt.Errorf("%q: %w", name, errMissing)
		default:
			n, err := b.imply(at, name, ok)
			if err != nil {
				return nil, err
			}
			way = append(way, n)
		}
	}
	return way[len(way)-1], nil
}

func trim(path string) string { return strings.TrimLeft(path, "/") }

// imply adds an implied directory. If it replaces a whiteout it becomes opaque, so that the deleted
// files stay hidden.
func (b *Builder) imply(dir *tree.Inode, name string, whiteout bool) (*tree.Inode, error) {
	n := tree.NewDir(impliedPerm)
	n.Dir.Implied, n.Dir.Opaque = true, whiteout
	if whiteout {
		b.remove(dir, name)
	}
	return n, b.add(dir, name, n)
}
