package convert

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Source is a layer image to be merged. Merge never calls two functions of its sources at the same
// time.
type Source struct {
	Image *erofs.Image

	// Adopt makes an object of a payload. It is called for files of layers that stock
	// containers/storage has written, because their contents have other names; it may be nil
	// without such layers. It returns the fs-verity digest, and the content of a file of at most
	// [tree.InlineMax] bytes.
	Adopt func(payload string, size int64) (d verity.Digest, content []byte, err error)

	// Keep leaves the path and digest of such payloads as they are in the layer image, for
	// layers whose files cannot be linked into the pool. Their object directories must be
	// data-only layers of the mount. The image differs from the one that Adopt gives, so
	// [MergeOptions].OCI ignores Keep.
	Keep bool

	// Read returns the content of a kept file of at most [tree.InlineMax] bytes, to be stored in
	// the merged image. If it is nil these files stay in the layer like others.
	Read func(payload string, size int64) (content []byte, err error)
}

// MergeOptions control [Merge]. The zero value merges a whole chain into the image that is mounted.
type MergeOptions struct {
	// Segment: other layers lie below the given ones. Whiteouts and opaque directories stay in
	// effect, and the result is a layer image.
	Segment bool

	// OCI writes the canonical tree of composefs-rs, see [Canonical].
	OCI bool

	// KeepUserXattrs is passed on to Canonical.
	KeepUserXattrs bool

	// Algorithm is that of the image digest, 0 for sha256. The image names objects as the layers do.
	Algorithm verity.Algorithm

	// Owner changes owners unless it is nil. The image is the same as that of the chain with
	// the layer of [Remap] on top.
	Owner func(uid, gid uint32) (newUID, newGID uint32, err error)
}

// Merge writes the image of a chain of layers, the bottom one first. Its bytes depend on the layer
// images and the options only. An error names the layer by its number, counted from 1, or the
// entry.
func Merge(ctx context.Context, layers []Source, w io.Writer, opts MergeOptions) (Written, error) {
	if opts.OCI {
		layers = slices.Clone(layers)
		for i := range layers {
			layers[i].Keep = false
		}
	}
	t, err := MergeTree(ctx, layers, opts.Segment)
	if err != nil {
		return Written{}, err
	}
	if opts.Owner != nil {
		if err := setOwners(t, opts.Owner); err != nil {
			return Written{}, err
		}
	}
	if opts.OCI {
		if err := Canonical(t, opts.KeepUserXattrs); err != nil {
			return Written{}, err
		}
	}
	format := erofs.V1
	if opts.Segment {
		format = erofs.Layer
	}
	return write(w, t, format, opts.Algorithm)
}

// MergeTree returns the tree of a chain of layers, or of a segment of one, the bottom one first. Of
// files that an upper layer hides it reads names only.
func MergeTree(ctx context.Context, layers []Source, segment bool) (*tree.Tree, error) {
	m := merger{ctx: ctx, segment: segment, whiteout: tree.NewWhiteout()}
	for i := range layers {
		s := newSource(i+1, layers[i])
		m.layers = append(m.layers, s)
		m.files.start(&m, s)
	}
	root, err := m.directories()
	if earlier := m.files.wait(m.layers); earlier != nil {
		err = earlier
	}
	if err != nil {
		return nil, err
	}
	t := &tree.Tree{Root: root}
	t.Relink()
	return t, nil
}

// directories merges all directories, and returns the root.
func (m *merger) directories() (*tree.Inode, error) {
	root, err := m.root()
	for err == nil && len(m.todo) > 0 {
		// Images are written breadth first, so this order reads them from start to end.
		d := m.todo[0]
		m.todo = m.todo[1:]
		err = m.merge(d)
	}
	return root, err
}

// source is a layer that is being merged.
type source struct {
	Source
	*erofs.Cursor               // for directories and possible whiteouts
	files         *erofs.Cursor // for other files, used by the layer's goroutine
	batches       chan batch    // to that goroutine
	number        int
	adopted       map[payloadKey]adopted
}

func newSource(number int, s Source) *source {
	return &source{Source: s, Cursor: s.Image.Cursor(), files: s.Image.Cursor(), number: number, adopted: map[payloadKey]adopted{}}
}

func (s *source) error(err error) error { return fmt.Errorf("layer %d: %w", s.number, err) }
