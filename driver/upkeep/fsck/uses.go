package fsck

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// addUses adds to each finding about layers the container images of the store that it concerns, and to
// findings about objects the files in these images.
func (c *checker) addUses(ctx context.Context) {
	for _, image := range c.catalog.Images() {
		ids := c.catalog.Chain(image.Layer)
		var concerned []*Finding
		objects := map[string][]*Finding{} // by name
		for _, f := range c.report.Findings {
			if f.Severity == Info || !slices.ContainsFunc(f.Layers, func(id string) bool { return slices.Contains(ids, id) }) {
				continue
			}
			concerned = append(concerned, f)
			if f.fault != nil {
				objects[f.Object] = append(objects[f.Object], f)
			}
		}
		uses := map[*Finding]*Use{}
		for _, f := range concerned {
			uses[f] = newUse(image)
		}
		if len(objects) > 0 {
			c.addFiles(ctx, ids, objects, uses)
		}
		for _, f := range concerned {
			f.Uses = append(f.Uses, *uses[f])
		}
	}
}

func newUse(image catalog.Image) *Use {
	return &Use{Image: image.ID, Names: append([]string{}, image.Names...)}
}

// addFiles adds the files of an image with faulty contents. It adds none if the layers cannot be merged.
func (c *checker) addFiles(ctx context.Context, ids []string, objects map[string][]*Finding, uses map[*Finding]*Use) {
	t, err := c.mergedTree(ctx, ids)
	if err != nil {
		return
	}
	_ = t.Walk(func(path string, e *tree.Entry) error {
		for _, f := range objects[payload(e.Inode)] {
			uses[f].Files = append(uses[f].Files, path)
		}
		return nil
	})
	for _, u := range uses {
		slices.Sort(u.Files)
	}
}

// mergedTree merges the composefs layers of an image, top first, without their contents.
func (c *checker) mergedTree(ctx context.Context, ids []string) (*tree.Tree, error) {
	var sources []convert.Source
	for _, id := range slices.Backward(ids) {
		l, err := c.Stores.Find(id)
		if err != nil || !l.Composefs {
			continue
		}
		f, img, err := images.Open(l.ImagePath())
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // open for reading
		sources = append(sources, convert.Source{Image: img, Keep: true})
	}
	return convert.MergeTree(ctx, sources, true)
}

// errStock is the error for chains whose merged image depends on more than layer images.
var errStock = errors.New("layers of stock containers/storage are only read")

// mergeDigest merges the layers of a segment and returns the digest of the result.
func mergeDigest(ctx context.Context, m *merged) (verity.Digest, error) {
	var sources []convert.Source
	for _, l := range slices.Backward(m.segment.Layers) {
		f, img, err := images.Open(l.ImagePath())
		if err != nil {
			return verity.Digest{}, err
		}
		defer f.Close() //nolint:errcheck // open for reading
		s := convert.Source{Image: img}
		if img.Format() != layerFormat {
			return verity.Digest{}, errStock
		}
		sources = append(sources, s)
	}
	img, err := convert.Merge(ctx, sources, io.Discard, convert.MergeOptions{Segment: !m.segment.Bottom, Algorithm: m.pool.algorithm})
	return img.Digest, err
}
