//go:build linux

package inplace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// Converter converts layers of stores. It is not for concurrent use, but other processes may use the
// stores.
type Converter struct {
	stores  *chain.Stores
	runRoot string
	sealing objects.Sealing

	// Progress is called during a conversion with the number of bytes of the tar that are done. It may
	// be nil.
	Progress func(bytes int64)

	// Sources have objects that a conversion does not write again.
	Sources objects.Sources
}

// New returns a converter for layers of the stores. containers/storage records their mounts below
// runRoot. New objects and images, and layers that are already composefs, are sealed according to
// sealing.
func New(stores *chain.Stores, runRoot string, sealing objects.Sealing) *Converter {
	return &Converter{stores: stores, runRoot: runRoot, sealing: sealing}
}

// Refusal is the error for an intact layer that is not converted.
type Refusal struct {
	Reason string
	InUse  bool // the layer is part of a mount, and can be converted later

	Newer bool // a newer version has written files or fields that may be about the layer's content

	// ReadOnly is the root of the layer's store, if that is an additional image store.
	ReadOnly string

	// passing reports that only another mount namespace has the mount. A new namespace has copies of
	// all mounts for a moment.
	passing bool
}

func (r *Refusal) Error() string { return r.Reason }

// newer returns the error for a layer with an unknown file or field. It may be about the content, and
// would then be wrong after a conversion.
func newer(what string) *Refusal {
	return &Refusal{Newer: true, Reason: what + ", which is unknown to this version"}
}

// Result is the result of a conversion.
type Result struct {
	Kind   survey.Kind // of the layer before
	Files  int         // regular files that are not empty
	Bytes  int64       // their size
	Linked int         // files that became objects
	Copied int         // files that were copied to objects; the pool or a source had the rest
	Sealed bool        // the layer was composefs before, and has fs-verity
}

// Check returns the kind of a layer. If the layer is not composefs and cannot become so, the error is a
// [*Refusal]. Check takes no lock.
func (c *Converter) Check(id string) (survey.Kind, error) {
	_, _, kind, err := c.check(id, toComposefs)
	return kind, err
}

// Convert makes a layer composefs unless it is. The layer is durable when Convert returns nil. The error
// is a [*Refusal] if Convert does not convert an intact layer. After an error the layer is unchanged,
// unless syncing the exchanged directories has failed.
func (c *Converter) Convert(ctx context.Context, id string) (Result, error) {
	r, err := c.retried(ctx, id, toComposefs)
	if err == nil && r.Kind == survey.Composefs {
		r.Sealed, err = c.seal(ctx, id)
	}
	return r, err
}

// retried converts a layer. It retries while only a passing mount prevents that.
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

// tries is the number of attempts to convert a layer with a passing mount, at intervals of 0.1 seconds.
const tries = 10

// seal seals a composefs layer. The layer may be in use, because fs-verity only makes files read-only,
// and no process writes to them.
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
	return c.replaceable(l)
}

// replaceable returns a *Refusal for a layer that has unknown files or is part of a mount.
func (c *Converter) replaceable(l chain.Layer) error {
	unknown, err := l.Unknown()
	if err != nil {
		return err
	}
	if len(unknown) > 0 {
		return newer(fmt.Sprintf("it has the file %q", unknown[0]))
	}
	return c.inUse(l)
}

// errChanged is the error for a layer that another process has changed during the conversion.
var errChanged = errors.New("another process has changed it")
