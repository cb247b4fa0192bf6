//go:build linux

package inplace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// Converter converts layers of stores. It is not for concurrent use, but others may use
// the stores meanwhile.
type Converter struct {
	stores  *chain.Stores
	runRoot string
	sealing objects.Sealing

	// Progress is called now and then while a layer is converted, with the number of bytes of
	// its tar that are done. It may be nil.
	Progress func(bytes int64)
}

// New returns a converter for layers of the stores, whose mounts containers/storage
// records below runRoot. What it makes is sealed as said, and so are layers that are
// composefs already.
func New(stores *chain.Stores, runRoot string, sealing objects.Sealing) *Converter {
	return &Converter{stores: stores, runRoot: runRoot, sealing: sealing}
}

// Refusal says why a layer stays as it is, and that nothing is wrong with it.
type Refusal struct {
	Reason string
	InUse  bool // it is part of a mount: later it may be converted

	// ReadOnly is the root of the layer's store, if that is an additional image store.
	ReadOnly string

	// passing: the mount is in another mount namespace, which may be one that is just
	// being made, with a copy of all mounts.
	passing bool
}

func (r *Refusal) Error() string { return r.Reason }

// Result is what a layer was, and what became of its files.
type Result struct {
	Kind   survey.Kind // before
	Files  int         // regular files that are not empty
	Bytes  int64       // their length
	Linked int         // files that are objects now
	Copied int         // files of which an object is a copy; the pool had the others
	Sealed bool        // it was composefs, and has fs-verity now or had it
}

// Check returns of what kind a layer is. If it is not composefs and cannot be made so, the
// error is a [*Refusal].
func (c *Converter) Check(id string) (survey.Kind, error) {
	_, _, kind, err := c.check(id, toComposefs)
	return kind, err
}

// Layer makes a layer composefs, unless it is. When it returns without an error all is on
// disk. If the layer stays as it is though nothing is wrong with it, the error is a
// [*Refusal]. After any error the layer is as it was.
func (c *Converter) Layer(ctx context.Context, id string) (Result, error) {
	r, err := c.retried(ctx, id, toComposefs)
	if err == nil && r.Kind == survey.Composefs {
		r.Sealed, err = c.seal(ctx, id)
	}
	return r, err
}

// retried converts a layer, and waits for mounts that pass.
func (c *Converter) retried(ctx context.Context, id string, to *target) (r Result, err error) {
	for range tries {
		r, err = c.convert(ctx, id, to)
		var refusal *Refusal
		if !errors.As(err, &refusal) || !refusal.passing {
			break
		}
		select {
		case <-time.After(time.Second / 10):
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	return r, err
}

// tries is how often a layer is tried of which only another mount namespace has a mount.
const tries = 10

// seal seals a layer that is composefs. It may be in use meanwhile: nothing changes but who
// can write to its files, which nobody does.
func (c *Converter) seal(ctx context.Context, id string) (sealed bool, err error) {
	l, err := c.stores.Find(id)
	if err != nil || l.Store.ReadOnly || c.sealing == objects.SealNever {
		return false, err
	}
	p, err := pool.Open(l.Store, c.sealing)
	if errors.Is(err, pool.ErrApart) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer p.Close() //nolint:errcheck // nothing is written
	return p.SealLayer(ctx, l)
}

// refuse returns why a layer cannot be converted, or nil.
func (c *Converter) refuse(l chain.Layer, kind survey.Kind) error {
	switch {
	case kind == survey.Missing:
		return &Refusal{Reason: "no store has it"}
	case kind == survey.Damaged:
		return &Refusal{Reason: "its image is damaged; remove the container image and pull it again"}
	case l.Store.ReadOnly:
		root := filepath.Dir(l.Store.Home)
		return &Refusal{Reason: "it is in store " + root + ", which is only read", ReadOnly: root}
	case len(l.Diffs) > 1:
		return &Refusal{Reason: "its owners were changed for a user namespace"}
	}
	info, err := os.Lstat(l.Diff())
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &Refusal{Reason: "its files are in an additional layer store"}
	}
	return c.inUse(l)
}

// errChanged is returned for a layer that somebody has changed while it was converted.
var errChanged = errors.New("it was changed meanwhile")
