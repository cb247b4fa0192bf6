package layer

import (
	"errors"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Names that delete (layer.md of the OCI image specification).
const (
	whiteoutPrefix = ".wh."
	opaqueMarker   = ".wh..wh..opq"
)

// IsWhiteoutName tells what a name means in a layer whose whiteouts are spelled as
// in a tar: it deletes hidden from the layers below, or if that is empty everything
// in its directory.
func IsWhiteoutName(name string) (hidden string, ok bool) {
	if name == opaqueMarker {
		return "", true
	}
	if len(name) > len(whiteoutPrefix) && name[:len(whiteoutPrefix)] == whiteoutPrefix {
		return name[len(whiteoutPrefix):], true
	}
	return "", false
}

// addWhiteout acts on an entry that deletes. It says nothing about what the layer
// itself has.
func (b *Builder) addWhiteout(dir, base string) error {
	hidden, ok := IsWhiteoutName(base)
	if !ok || hidden == "." || hidden == ".." {
		return errors.New("a whiteout must name what it deletes")
	}
	parent, err := b.lookup(dir, false)
	if errors.Is(err, errMissing) {
		parent, err = b.parent(dir)
	}
	switch {
	case errors.Is(err, errHidden), errors.Is(err, errNotDir):
		return nil // some tools also list what is in a directory that they delete
	case err != nil:
		return err
	case hidden == "":
		parent.Dir.Opaque = true
		return nil
	}
	e, exists := parent.Dir.Lookup(hidden)
	switch {
	case !exists:
		return add(parent, hidden, b.whiteout)
	case e.Inode.IsDir() && onlyDeletes(e.Inode.Dir):
		b.remove(parent, hidden)
		return add(parent, hidden, b.whiteout)
	case e.Inode.IsDir():
		e.Inode.Dir.Opaque = true
	}
	return nil // a file hides what is below by itself
}

// onlyDeletes reports whether a directory is there only because of whiteouts in it.
func onlyDeletes(d *tree.Dir) bool {
	if !d.Implied {
		return false
	}
	for e := range d.All() {
		if n := e.Inode; n.Type() != tree.TypeWhiteout && (n.Dir == nil || !onlyDeletes(n.Dir)) {
			return false
		}
	}
	return true
}
