package fsck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/convert"
	layerpkg "github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/origin"
)

// rebuild converts a layer again, and replaces its image if the tar has the layer's diffID.
func (r *repairer) rebuild(ctx context.Context, l origin.Layer, f *Finding, name string) error {
	damaged := r.byID[f.Layers[0]]
	known, _ := r.catalog.Layer(damaged.ID)
	if known.Mapped {
		return errors.New("its owners are mapped for a user namespace, so no tar makes it; remove the containers with that user namespace and the image, and pull it again")
	}
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
	made, err := convert.Layer(ctx, io.TeeReader(in, sum), batch, out, layerpkg.Options{Algorithm: batch.Algorithm()})
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
	if err := os.Rename(out.Name(), damaged.ImagePath()); err != nil {
		return err
	}
	f.Repaired = "converted again from " + name
	return nil
}

// isLayer returns an error if a layer's tar has another diffID.
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
