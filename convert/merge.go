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

// Source is a layer image to be merged. Its functions are called one at a time, those of
// all sources that are merged together.
type Source struct {
	Image *erofs.Image

	// Adopt turns a payload into an object. It is called for files of layers that
	// stock containers/storage has written, which names contents otherwise, and may
	// be nil if there are none. It returns the fs-verity digest, and the content of
	// a file of at most [tree.InlineMax] bytes.
	Adopt func(payload string, size int64) (d verity.Digest, content []byte, err error)

	// Keep leaves such payloads as the layer image has them instead, path and digest,
	// or none where it has none: for layers of which nothing can be linked into the
	// pool. Their object directories must then be data-only layers of the mount, too.
	// The image is not the one that is made of the same tree with Adopt, so it is
	// not kept for [MergeOptions].OCI.
	Keep bool

	// Read returns the content of a file of at most [tree.InlineMax] bytes that is
	// kept, for the merged image to have it. If it is nil these files are left in the
	// layer like others.
	Read func(payload string, size int64) (content []byte, err error)
}

// MergeOptions control [Merge]. The zero value merges a whole chain into the image
// that is to be mounted.
type MergeOptions struct {
	// Segment: the layers are not the whole chain, others lie below. Whiteouts and
	// opaque directories stay in effect, and the result is a layer image.
	Segment bool

	// OCI writes the canonical tree of composefs-rs instead of the one to be
	// mounted: see [Canonical].
	OCI bool

	// KeepUserXattrs is passed on to Canonical.
	KeepUserXattrs bool

	// Owner changes owners unless it is nil. The image is then the one that merging
	// gives when the layer that [Remap] writes lies on top of the chain.
	Owner func(uid, gid uint32) (newUID, newGID uint32, err error)
}

// Merge writes the image of a chain of layers, the bottom one first. Its bytes depend
// on those of the layer images alone. An error names the layer by its number, counted
// from 1, or the entry.
func Merge(ctx context.Context, layers []Source, w io.Writer, opts MergeOptions) (Image, error) {
	if opts.OCI {
		layers = slices.Clone(layers)
		for i := range layers {
			layers[i].Keep = false
		}
	}
	t, err := MergeTree(ctx, layers, opts.Segment)
	if err != nil {
		return Image{}, err
	}
	if opts.Owner != nil {
		if err := setOwners(t, opts.Owner); err != nil {
			return Image{}, err
		}
	}
	if opts.OCI {
		if err := Canonical(t, opts.KeepUserXattrs); err != nil {
			return Image{}, err
		}
	}
	format := erofs.V1
	if opts.Segment {
		format = erofs.Layer
	}
	return write(w, t, format)
}

// MergeTree returns the tree of a chain of layers, the bottom one first, or of a
// segment of one. Of what an upper layer hides nothing is read but names.
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
		// Breadth first, the order in which images are written: they are read
		// from start to end.
		d := m.todo[0]
		m.todo = m.todo[1:]
		err = m.merge(d)
	}
	return root, err
}

// source is a layer that is being merged.
type source struct {
	Source
	*erofs.Cursor               // for directories, and whatever may be a whiteout
	files         *erofs.Cursor // for other files, in a goroutine of its own
	batches       chan batch    // for that
	number        int
	adopted       map[payloadKey]adopted
}

func newSource(number int, s Source) *source {
	return &source{Source: s, Cursor: s.Image.Cursor(), files: s.Image.Cursor(), number: number, adopted: map[payloadKey]adopted{}}
}

func (s *source) error(err error) error { return fmt.Errorf("layer %d: %w", s.number, err) }
