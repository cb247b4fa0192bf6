package layer

import (
	"errors"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Names of whiteouts (layer.md of the OCI image specification).
const (
	whiteoutPrefix = ".wh."
	opaqueMarker   = ".wh..wh..opq"
)

// IsWhiteoutName reports whether a name is that of a whiteout in a tar. The whiteout deletes the
// name hidden from the layers below, or everything in its directory if hidden is empty.
func IsWhiteoutName(name string) (hidden string, ok bool) {
	if name == opaqueMarker {
		return "", true
	}
	if len(name) > len(whiteoutPrefix) && name[:len(whiteoutPrefix)] == whiteoutPrefix {
		return name[len(whiteoutPrefix):], true
	}
	return "", false
}

// addWhiteout adds a whiteout. It does not change files of the layer itself.
func (b *Builder) addWhiteout(dir, base string) error {
	hidden, ok := IsWhiteoutName(base)
	if !ok || hidden == "." || hidden == ".." {
		return errors.New("a whiteout must name the file to delete")
	}
	parent, err := b.lookup(dir, false)
	if errors.Is(err, errMissing) {
		parent, err = b.parent(dir)
	}
	switch {
	case errors.Is(err, errHidden), errors.Is(err, errNotDir):
		return nil // some tools also list the files in a deleted directory
	case err != nil:
		return err
	case hidden == "":
		parent.Dir.Opaque = true
		return nil
	}
	e, exists := parent.Dir.Lookup(hidden)
	switch {
	case !exists:
		return b.add(parent, hidden, b.whiteout)
	case e.Inode.IsDir() && onlyDeletes(e.Inode.Dir):
		b.remove(parent, hidden)
		return b.add(parent, hidden, b.whiteout)
	case e.Inode.IsDir():
		e.Inode.Dir.Opaque = true
	}
	return nil // a file hides the layers below by itself
}

// onlyDeletes reports whether a directory exists only because of whiteouts in it.
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
