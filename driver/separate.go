//go:build linux

package driver

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// A build makes a layer in each step, and mounts a container on it for the next step. A merged image of
// the whole chain for each of them would take most of the time of a short step. The mount of such a
// container shows the layer images of new layers one by one, above the merged image of the layers below
// them.

// maxSeparate limits the layers that a mount shows one by one. The step after that merges the whole
// chain, and later steps begin anew above it.
const maxSeparate = 32

// separateLayer is a layer whose image is a lower layer of its own.
type separateLayer struct {
	id    string
	image verity.Digest
}

// part is a part of a chain that a mount shows as one image, or a plain layer.
type part struct {
	chain.Segment

	// image is the fs-verity digest of the layer image that the mount shows, nil for a merged image.
	image *verity.Digest
}

// parts returns the parts of a chain, top first: its segments, and apart from these the separate layers.
// These have to be the topmost composefs layers. Otherwise, for example after a conversion in place, the
// parts are the segments.
func parts(c chain.Chain, separate []separateLayer) []part {
	var list []part
	for _, s := range c.Segments() {
		if areTop(s, separate) {
			for n := range separate {
				list = append(list, part{chain.Segment{Layers: s.Layers[n : n+1]}, &separate[n].image})
			}
			s.Layers = s.Layers[len(separate):]
		}
		list = append(list, part{Segment: s})
	}
	return list
}

// areTop reports whether the layers are the topmost ones of the bottom segment, above others.
func areTop(s chain.Segment, separate []separateLayer) bool {
	if !s.Composefs() || !s.Bottom || len(s.Layers) <= len(separate) {
		return false
	}
	for n, l := range separate {
		if s.Layers[n].ID != l.id {
			return false
		}
	}
	return true
}

// imageOf returns the image of a composefs part, and merges the layers of a segment if it has none.
func (d *Driver) imageOf(p part) (images.Merged, error) {
	if p.image != nil {
		return d.images.Layer(p.Top(), *p.image)
	}
	return d.images.EnsureMerged(d.context(), p.Segment)
}

// separate returns the separate layers of a mount that has no expected digest. Later mounts of a
// container show the same ones as the first, because inode numbers depend on the image.
//
// Only volatile containers, such as those of a build, get separate layers, because their mounts need
// metacopy=on. While such a container is mounted, so is the layer below it: a build looks up directories
// there. The root has the mode of an implied directory in that mount, because the layer has no entry for
// it.
func (d *Driver) separate(c chain.Chain, p *mount.Plan, volatile bool) (list []separateLayer, err error) {
	switch {
	case !c[0].Composefs:
		list = readSeparate(c[0])
		if list == nil && p.Upper != "" && volatile && len(c) > 1 {
			list, err = d.beginSeparate(c)
		}
		if len(list) > 0 {
			d.added.addStep(c[0].ID, list)
		}
	default:
		list = d.added.stepOn(c[0].ID)
	}
	p.Metacopy = p.Metacopy || len(list) > 0
	return list, err
}

// beginSeparate chooses the separate layers of a container that was never mounted, and records them.
func (d *Driver) beginSeparate(c chain.Chain) ([]separateLayer, error) {
	if empty, err := isEmpty(c[0]); err != nil || !empty {
		return nil, err
	}
	list := d.chooseSeparate(c[1:])
	if list == nil {
		return nil, nil
	}
	return list, writeSeparate(c[0], list)
}

// chooseSeparate returns the layers at the top of a chain that are separate in a new mount: those that
// were added since the chain was merged, nil for none.
func (d *Driver) chooseSeparate(c chain.Chain) (list []separateLayer) {
	s := c.Segments()[0]
	if !s.Composefs() || !s.Bottom || d.abilities().served { // userxattr excludes metacopy=on
		return nil
	}
	for n, l := range s.Layers {
		merged, err := d.images.Find(chain.Segment{Layers: s.Layers[n:], Bottom: true})
		if err != nil || n > maxSeparate {
			return nil
		}
		if merged != "" {
			if n > 0 && mergedHides(merged) {
				return nil
			}
			return list
		}
		image, ok := d.separable(l)
		if !ok {
			return nil
		}
		list = append(list, separateLayer{l.ID, image})
	}
	return nil
}

// smallImage limits the images in bytes that separable reads.
const smallImage = 256 << 10

// separable returns the fs-verity digest of the image of a layer that can be a separate layer: one that this
// driver has added, or one with a small image. A build that finds its steps in the cache mounts containers on
// layers that another process has made. A layer that this driver has pulled is not the step of a build: CRI-O
// starts volatile containers of images that it has pulled.
func (d *Driver) separable(l chain.Layer) (digest verity.Digest, ok bool) {
	if d.added.pulled(l.ID) {
		return digest, false
	}
	if digest, ok = d.added.image(l.ID); ok {
		return digest, true
	}
	st, err := os.Stat(l.ImagePath())
	if err != nil || st.Size() > smallImage {
		return digest, false // the merge reports errors
	}
	image := d.added.foundImage(l.ID, st, func() *verity.Digest { return readSeparable(l) })
	if image == nil {
		return digest, false
	}
	return *image, true
}

// readSeparable returns the fs-verity digest of the image of a layer that can be a separate layer, else nil.
func readSeparable(l chain.Layer) *verity.Digest {
	algorithm, err := objects.AlgorithmOf(l.Store.Pool(), 0)
	if err != nil {
		return nil
	}
	f, err := os.Open(l.ImagePath())
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // open for reading
	if fits, err := isSeparable(f); err != nil || !fits {
		return nil
	}
	digest, _, err := algorithm.MeasureOrSum(f)
	if err != nil {
		return nil
	}
	return &digest
}

// isSeparable reports whether a mount may show the image of a layer above others: see [addedLayer]. Images of
// earlier versions, which have no UUID, do not fit either.
func isSeparable(f *os.File) (bool, error) {
	img, err := images.Read(f)
	if err != nil || img.UUID() == [16]byte{} {
		return false, err
	}
	fits := true
	err = img.Walk(func(path string, _ uint64, n *tree.Inode) error {
		hides := namesObjects(strings.TrimPrefix(path, "/"))
		implied := path != "/" && n.IsDir() && n.Dir != nil && n.Dir.Implied
		fits = fits && !hides && !implied
		return nil
	})
	return fits, err
}

// imageHides reports whether an image has a root entry with the name of an object directory: see
// [hidesObjects].
func imageHides(f *os.File) (hides bool, err error) {
	img, err := images.Read(f)
	if err != nil {
		return false, err
	}
	err = img.Walk(func(path string, _ uint64, n *tree.Inode) error {
		hides = hides || namesObjects(strings.TrimPrefix(path, "/"))
		if path != "/" && n.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return hides, err
}

// mergedHides is imageHides for a merged image.
func mergedHides(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true // the mount of the merged image reports it
	}
	defer f.Close() //nolint:errcheck // open for reading
	hides, err := imageHides(f)
	return hides || err != nil
}

// readSeparate returns the separate layers of a container's earlier mounts, nil for none or if the file
// is damaged.
func readSeparate(l chain.Layer) (list []separateLayer) {
	text, err := os.ReadFile(l.SeparateFile())
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		id, digest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		image, err := verity.ParseDigest(digest)
		if !ok || err != nil {
			return nil
		}
		list = append(list, separateLayer{id, image})
	}
	return list
}

func writeSeparate(l chain.Layer, list []separateLayer) error {
	return replaceFile(l.SeparateFile(), func(f *os.File) error {
		for _, s := range list {
			if _, err := fmt.Fprintf(f, "%s %s\n", s.id, s.image); err != nil {
				return err
			}
		}
		return nil
	})
}
