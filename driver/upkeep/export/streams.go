//go:build linux

package export

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/splitstream"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// stream is a split stream in the repository.
type stream struct{ name, digest string }

// The names by which the stream of a configuration keeps images.
const (
	imageName    = "composefs.image.v1"
	bootableName = "composefs.image.boot.v1"
)

// addStreams adds the split streams of the layers, the configuration and the manifest, and the tag.
func (e *exporter) addStreams(image catalog.Image) error {
	if !e.opts.Streams {
		return nil
	}
	refs, err := e.addLayers()
	if err != nil {
		return err
	}
	manifest, text, err := image.Manifest()
	if err != nil {
		return err
	}
	config, err := image.Configuration()
	if err != nil {
		return err
	}
	name := "oci-config-sha256:" + image.ID
	forms, err := e.forms(name)
	if err != nil {
		return err
	}
	digest, err := e.addJSON(splitstream.Config, name, config, slices.Concat(refs, forms))
	if err != nil {
		return err
	}
	refs = append(refs, stream{"config:sha256:" + image.ID, digest})
	if _, err := e.addJSON(splitstream.Manifest, "oci-manifest-"+manifest, text, refs); err != nil {
		return err
	}
	e.repo.Tag(e.opts.Name, "oci-manifest-"+manifest)
	e.result.Manifest = manifest
	return nil
}

// addLayers adds the streams of the layers, as many at a time as there are processors, and returns them, the bottom
// one first.
func (e *exporter) addLayers() ([]stream, error) {
	known, err := catalog.Read(e.stores)
	if err != nil {
		return nil, err
	}
	refs := make([]stream, len(e.layers))
	group, ctx := errgroup.WithContext(e.ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, l := range e.layers {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			record, _ := known.Layer(l.ID)
			if record.DiffID == "" {
				return fmt.Errorf("layer %s: the digest of its tar is not known; --no-oci exports the image without its tars", l.ID)
			}
			digest, err := e.addLayer(l.Layer)
			if err != nil {
				return fmt.Errorf("tar of layer %s: %w; --no-oci exports the image without its tars", l.ID, err)
			}
			refs[len(refs)-1-i] = stream{record.DiffID, digest}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, ref := range refs {
		e.repo.AddStream("oci-layer-"+ref.name, ref.digest)
	}
	return refs, nil
}

// forms returns the images that the stream of the configuration keeps: the new ones, and one that the
// repository has from an earlier export.
func (e *exporter) forms(config string) (forms []stream, err error) {
	earlier := &splitstream.Stream{}
	text, err := e.repo.Stream(config)
	if err == nil {
		earlier, err = splitstream.Open(bytes.NewReader(text), int64(len(text)))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", config, err)
	}
	for _, form := range []stream{{imageName, e.result.Canonical}, {bootableName, e.result.Bootable}} {
		if form.digest == "" {
			form.digest = hex.EncodeToString([]byte(earlier.Streams[form.name]))
		}
		if form.digest != "" {
			forms = append(forms, form)
		}
	}
	return forms, nil
}

// addJSON adds the stream of a configuration or manifest, which is an object, with streams that it names, and names it.
func (e *exporter) addJSON(kind, name string, text []byte, refs []stream) (digest string, err error) {
	w, err := splitstream.NewWriter(e.repo.Algorithm(), kind)
	if err != nil {
		return "", err
	}
	for _, ref := range refs {
		raw, err := hex.DecodeString(ref.digest)
		if err == nil {
			err = w.AddStream(ref.name, string(raw))
		}
		if err != nil {
			return "", err
		}
	}
	object, err := e.add(func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return "", err
	}
	raw, err := hex.DecodeString(object)
	if err == nil {
		err = w.AddObject(string(raw), uint64(len(text)))
	}
	if err != nil {
		return "", err
	}
	digest, err = e.addStream(w)
	if err == nil {
		e.repo.AddStream(name, digest)
	}
	return digest, err
}

// addLayer adds the stream of a layer's tar, which it does not name, without reading the contents.
func (e *exporter) addLayer(l chain.Layer) (digest string, err error) {
	w, err := splitstream.NewWriter(e.repo.Algorithm(), splitstream.Layer)
	if err != nil {
		return "", err
	}
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // open for reading
	path, err := e.stores.TarSplit(l)
	if err != nil {
		return "", err
	}
	split, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer split.Close() //nolint:errcheck // open for reading
	t := &tarStream{e, w, img.Finder(), map[string]bool{}}
	segment := func(b []byte) error { _, err := w.Write(b); return err }
	if err := blob.Walk(split, segment, t.add); err != nil {
		return "", err
	}
	return e.addStream(w)
}

// addStream adds a split stream.
func (e *exporter) addStream(w *splitstream.Writer) (digest string, err error) {
	b, err := w.Close()
	if err != nil {
		return "", err
	}
	return e.add(func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(b)); return err })
}

// tarStream writes the contents of a tar to a split stream.
type tarStream struct {
	*exporter
	out    *splitstream.Writer
	finder *erofs.Finder
	seen   map[string]bool
}

// add adds the content of a tar's entry. composefs-rs expects contents of more than 64 bytes as objects, and
// all others in the stream, and so are they in layer images.
func (t *tarStream) add(name string, size int64) error {
	if t.seen[name] {
		return fmt.Errorf("entry %q is there twice", name)
	}
	t.seen[name] = true
	n, err := images.Lookup(t.finder, name)
	switch {
	case err != nil:
		return err
	case n.Type() != tree.TypeRegular || int64(n.Size) != size:
		return fmt.Errorf("entry %q: the layer has another file of that name", name)
	case n.Content != "":
		_, err := t.out.Write([]byte(n.Content))
		return err
	case n.Digest.IsZero() || t.objects[n.Digest].IsZero():
		return fmt.Errorf("entry %q has no object", name)
	}
	return t.out.AddObject(t.objects[n.Digest].Bytes(), uint64(size))
}
