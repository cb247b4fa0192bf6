package convert

import (
	"context"
	"fmt"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Content is a content to which an image refers.
type Content struct {
	Digest verity.Digest
	Size   int64 // bytes
}

// RemapOptions control [Remap]. Both functions must be set.
type RemapOptions struct {
	// Algorithm is that of the image digest, 0 for sha256.
	Algorithm verity.Algorithm

	// Owner maps the owner of a file.
	Owner func(uid, gid uint32) (newUID, newGID uint32, err error)

	// Contents is called once with all contents to which the image refers, after all layers are
	// read and before anything is written.
	Contents func(list []Content) error
}

// Remap writes a layer image with the merged tree of a chain of layers, the bottom one first, and
// other owners. On top of that chain it hides the whole chain. Its root is opaque, and because
// overlayfs ignores that in a root it also has all whiteouts of the layers. Modes, xattrs and
// contents do not change. Each source must have its contents in the pool, or Adopt them.
//
// An error names the layer by its number, counted from 1, or the entry.
func Remap(ctx context.Context, layers []Source, w io.Writer, opts RemapOptions) (Written, error) {
	t, err := MergeTree(ctx, layers, true)
	if err != nil {
		return Written{}, err
	}
	if err := setOwners(t, opts.Owner); err != nil {
		return Written{}, err
	}
	// An implied directory would take its owner from the layers below.
	err = t.Walk(func(_ string, e *tree.Entry) error {
		if e.Inode.IsDir() {
			e.Inode.Dir.Implied = false
		}
		return nil
	})
	if err != nil {
		return Written{}, err
	}
	t.Root.Dir.Opaque = true
	list, err := contents(t)
	if err == nil {
		err = opts.Contents(list)
	}
	if err != nil {
		return Written{}, err
	}
	img, err := write(w, t, erofs.Layer, opts.Algorithm)
	img.UIDs, img.GIDs = owners(t)
	return img, err
}

// RemapLayer writes the image of one layer again with other owners. The owners of the layers below
// must be changed too, because implied directories stay implied. It does not call opts.Contents.
//
// An error names the entry.
func RemapLayer(ctx context.Context, layer Source, w io.Writer, opts RemapOptions) (Written, error) {
	t, err := MergeTree(ctx, []Source{layer}, true)
	if err != nil {
		return Written{}, err
	}
	if err := setOwners(t, opts.Owner); err != nil {
		return Written{}, err
	}
	img, err := write(w, t, erofs.Layer, opts.Algorithm)
	img.UIDs, img.GIDs = owners(t)
	return img, err
}

// setOwners changes all owners.
func setOwners(t *tree.Tree, owner func(uid, gid uint32) (uint32, uint32, error)) error {
	return t.Walk(func(path string, e *tree.Entry) (err error) {
		n := e.Inode
		if e.Link || n.Type() == tree.TypeWhiteout { // all whiteouts are one inode
			return nil
		}
		if n.UID, n.GID, err = owner(n.UID, n.GID); err != nil {
			return fmt.Errorf("%q: %w", path, err)
		}
		return nil
	})
}

// contents returns the distinct contents of a layer's tree.
func contents(t *tree.Tree) (list []Content, err error) {
	seen := map[verity.Digest]bool{}
	err = t.Walk(func(path string, e *tree.Entry) error {
		n := e.Inode
		if e.Link || n.Type() != tree.TypeRegular || n.Size == 0 {
			return nil
		}
		if n.Digest.IsZero() || n.Payload != tree.ByDigest {
			return fmt.Errorf("%q: payload %q: %w", path, n.BackingPath(), ErrAdopt)
		}
		if d := n.Digest; !seen[d] {
			seen[d] = true
			list = append(list, Content{d, int64(n.Size)})
		}
		return nil
	})
	return list, err
}
