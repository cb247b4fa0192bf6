package convert

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrAdopt is returned for a layer whose contents are not in the pool, if Source.Adopt is nil.
var ErrAdopt = errors.New("contents are not in the pool")

// resolve prepares a file for the result: its content becomes an object under its digest, or inline
// if it is small, or stays where it is if Source.Keep is set. For a file with several names, calls
// after the first do nothing.
func (m *merger) resolve(s *source, n *tree.Inode) error {
	if n.Type() != tree.TypeRegular || n.Size == 0 {
		return nil
	}
	small := n.Size <= tree.InlineMax
	known := !n.Digest.IsZero() && n.Payload == tree.ByDigest
	if n.Content == "" && (small || !known) {
		bring := s.adopt
		if s.Keep {
			bring = s.keep
		}
		m.files.outside.Lock()
		err := bring(n)
		m.files.outside.Unlock()
		if err != nil {
			return s.error(err)
		}
	}
	if small && n.Content != "" && !m.segment {
		n.Digest, n.Payload = verity.Digest{}, ""
	}
	return nil
}

// payloadKey identifies a content of a layer image.
type payloadKey struct {
	path string
	size uint64
}

// adopted is a content that was added to the pool. Equal files share it.
type adopted struct {
	digest  verity.Digest
	content string
}

// adopt adds a file's content to the pool.
func (s *source) adopt(n *tree.Inode) error {
	if s.Adopt == nil {
		return fmt.Errorf("payload %q: %w", n.BackingPath(), ErrAdopt)
	}
	payload := n.BackingPath()
	key := payloadKey{payload, n.Size}
	known, ok := s.adopted[key]
	if !ok {
		d, content, err := s.Adopt(payload, int64(n.Size))
		if err != nil {
			return fmt.Errorf("payload %q: %w", payload, err)
		}
		known = adopted{d, string(content)}
		s.adopted[key] = known
	}
	d := known.digest
	if !n.Digest.IsZero() && n.Digest != d {
		return fmt.Errorf("payload %q: %w: its fs-verity digest is %s, in the layer image %s", payload, objects.ErrDamaged, d, n.Digest)
	}
	n.Digest, n.Payload = d, tree.ByDigest
	if n.Size <= tree.InlineMax {
		n.Content = known.content
	}
	return nil
}

// keep leaves a file's content in the layer, or reads a small one.
func (s *source) keep(n *tree.Inode) error {
	payload := n.BackingPath()
	if !fs.ValidPath(payload) || payload == "." {
		return fmt.Errorf("%w: payload %q", erofs.ErrCorrupt, payload)
	}
	if n.Size > tree.InlineMax || s.Read == nil {
		return nil
	}
	content, err := s.Read(payload, int64(n.Size))
	switch {
	case err != nil:
		return fmt.Errorf("payload %q: %w", payload, err)
	case uint64(len(content)) != n.Size:
		return fmt.Errorf("payload %q: %w: %d bytes, want %d", payload, objects.ErrDamaged, len(content), n.Size)
	case !n.Digest.IsZero() && n.Digest != n.Digest.Algorithm().Sum(content):
		return fmt.Errorf("payload %q: %w: its fs-verity digest is %s, in the layer image %s", payload, objects.ErrDamaged, n.Digest.Algorithm().Sum(content), n.Digest)
	}
	n.Content = string(content)
	return nil
}
