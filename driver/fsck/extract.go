package fsck

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert"
	layerroom "github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/origin"
	"github.com/composefs-storage/composefs-storage/driver/survey"
)

// damagedImages returns the findings about layer images.
func (r *repairer) damagedImages() (all []*Finding) {
	for _, f := range r.report.Findings {
		if f.Kind == ImageDamaged && r.byID[f.Layers[0]] != nil && r.byID[f.Layers[0]].kind != survey.Stock {
			all = append(all, f)
		}
	}
	return all
}

// fromImages repairs from layers of images elsewhere. Contents tell themselves; that a
// layer is the one whose image is damaged is told by its digest.
func (r *repairer) fromImages(ctx context.Context, left, images []*Finding) {
	k := &keeper{repairer: r, wanted: map[verity.Digest]*Finding{}, sizes: map[int64]bool{}}
	for _, f := range left {
		k.wanted[f.fault.digest] = f
		if f.fault.size < 0 {
			k.any = true
		}
		k.sizes[f.fault.size] = true
	}
	for _, name := range r.from.Images {
		if err := r.fromImage(ctx, name, k, images); err != nil && ctx.Err() == nil {
			r.report.Findings = append(r.report.Findings, &Finding{Kind: NotChecked, Severity: Warning, Detail: fmt.Sprintf("--from %s: %v", name, err)})
		}
	}
}

func (r *repairer) fromImage(ctx context.Context, name string, k *keeper, images []*Finding) error {
	if k.done() && !slices.ContainsFunc(images, func(f *Finding) bool { return f.Repaired == "" }) {
		return nil
	}
	o, err := origin.Open(ctx, name)
	if err != nil {
		return err
	}
	defer o.Close() //nolint:errcheck // open for reading
	k.name = name
	for _, l := range o.Layers {
		for _, f := range images {
			if f.Repaired == "" && r.mayBe(l, f.Layers[0]) {
				if err := r.rebuild(ctx, l, f, name); err != nil {
					f.Remedy = fmt.Sprintf("from %s: %v", name, err)
				}
			}
		}
	}
	// Layers that are known to be concerned first: others need perhaps not be read.
	for _, concerned := range []bool{true, false} {
		for _, l := range o.Layers {
			if k.done() {
				return nil
			}
			if k.concerns(l) == concerned {
				if err := k.read(ctx, l); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// mayBe reports whether a layer elsewhere may be the one with that ID: a lone tar says
// nothing of itself before it is read.
func (r *repairer) mayBe(l origin.Layer, id string) bool {
	known, ok := r.catalog.Layer(id)
	if !ok {
		return false
	}
	if l.DiffID == "" && l.Digest == "" {
		return known.DiffID != ""
	}
	return l.DiffID != "" && l.DiffID == known.DiffID
}

// keeper takes the contents that are wanted from a tar and no others. It is a
// [layerroom.Store].
type keeper struct {
	*repairer
	name  string // of where the tar comes from
	sizes map[int64]bool
	any   bool // the size of some is not known

	mu     sync.Mutex
	wanted map[verity.Digest]*Finding
}

func (k *keeper) done() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.wanted) == 0
}

// concerns reports whether the catalog says that a layer has wanted contents.
func (k *keeper) concerns(l origin.Layer) bool {
	for _, f := range k.wanted {
		for _, id := range f.Layers {
			known, _ := k.catalog.Layer(id)
			if l.DiffID != "" && l.DiffID == known.DiffID || l.Digest != "" && l.Digest == known.Digest {
				return true
			}
		}
	}
	return false
}

// read reads a layer.
func (k *keeper) read(ctx context.Context, l origin.Layer) error {
	in, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	_, err = layerroom.Read(ctx, in, k, layerroom.Options{})
	return err
}

// Add keeps a content if it is wanted.
func (k *keeper) Add(content []byte) (verity.Digest, error) {
	if !k.any && !k.sizes[int64(len(content))] {
		return verity.Digest{}, nil // whatever it is
	}
	d := verity.Sum(content)
	return d, k.keep(d, bytes.NewReader(content))
}

// AddFrom keeps a content if it is wanted.
func (k *keeper) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if !k.any && !k.sizes[size] {
		_, err := io.Copy(io.Discard, r)
		return verity.Digest{}, err
	}
	temp, err := os.CreateTemp("", "composefs-check-")
	if err != nil {
		return verity.Digest{}, err
	}
	defer temp.Close()                             //nolint:errcheck // it has no name
	if err := os.Remove(temp.Name()); err != nil { // its content goes with it
		return verity.Digest{}, err
	}
	h := verity.New()
	if _, err = io.Copy(io.MultiWriter(temp, h), r); err == nil {
		err = k.keep(h.Digest(), io.NewSectionReader(temp, 0, size))
	}
	return h.Digest(), err
}

// keep repairs the object with a content.
func (k *keeper) keep(d verity.Digest, content io.Reader) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.wanted[d]
	if f == nil {
		return nil
	}
	o := k.repairer.pools[f.pool]
	if err := o.repair.Write(d, content, o.names(f.Paths)); err != nil {
		return err
	}
	f.Repaired = "from " + k.name
	delete(k.wanted, d)
	return nil
}

// rebuild converts a layer again, and puts the image in its place if the tar is the one
// that the store has as this layer.
func (r *repairer) rebuild(ctx context.Context, l origin.Layer, f *Finding, name string) error {
	damaged := r.byID[f.Layers[0]]
	known, _ := r.catalog.Layer(damaged.ID)
	o, err := r.open(damaged.pool)
	if err != nil {
		return err
	}
	if l.DiffID == "" {
		if err := isLayer(ctx, l, known.DiffID); err != nil {
			return err // before anything of it is in the layer
		}
	}
	in, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	out, err := os.CreateTemp(damaged.DataDir(), ".tmp-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) //nolint:errcheck // or it has another name
	defer out.Close()           //nolint:errcheck // again
	batch, err := o.Begin(o.Path(damaged.Diff()))
	if err != nil {
		return err
	}
	defer batch.Close() //nolint:errcheck // what counts is durable
	sum := sha256.New()
	made, err := convert.Layer(ctx, io.TeeReader(in, sum), batch, out, layerroom.Options{})
	if err != nil {
		return err
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != known.DiffID {
		return fmt.Errorf("it is layer %s, not %s", got, known.DiffID)
	}
	if err := errors.Join(batch.Commit(), out.Sync(), out.Close()); err != nil {
		return err
	}
	if _, err := o.SealFile(o.Path(out.Name()), made.Digest); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), filepath.Join(damaged.DataDir(), "composefs.blob")); err != nil {
		return err
	}
	f.Repaired = "converted again from " + name
	return nil
}

// isLayer returns an error if a layer's tar has not that digest.
func isLayer(ctx context.Context, l origin.Layer, diffID string) error {
	in, err := l.Open(ctx)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return err
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != diffID {
		return fmt.Errorf("it is layer %s, not %s", got, diffID)
	}
	return nil
}
