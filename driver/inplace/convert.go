//go:build linux

package inplace

import (
	"context"
	"errors"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// target is a kind of layer that a [Converter] makes of others.
type target struct {
	kind survey.Kind

	// record returns what containers/storage has recorded of a layer, or a *Refusal if that
	// is not enough for this target.
	record func(c *Converter, l chain.Layer) (record, error)

	// write writes the new content of a layer into its staged directory, and brings it on
	// disk. Of the result it sets all but the kind.
	write func(ctx context.Context, s *staged) (Result, error)

	// exchanged removes what the layer was. It cannot fail: what is left is garbage.
	exchanged func(s *staged)
}

var (
	toComposefs = &target{survey.Composefs, (*Converter).record, writeComposefs, (*staged).tidyUp}
	toPlain     = &target{survey.Plain, (*Converter).listed, writePlain, (*staged).release}
)

// check returns a layer, its record and its kind. If the layer is of another kind than the
// target's and cannot be converted, the error is a [*Refusal]. A layer that is of the
// target's kind has no record.
func (c *Converter) check(id string, to *target) (l chain.Layer, r record, kind survey.Kind, err error) {
	l, kind, err = survey.Find(c.stores, id)
	if err != nil || kind == to.kind {
		return l, r, kind, err
	}
	if err := c.refuse(l, kind); err != nil {
		return l, r, kind, err
	}
	r, err = to.record(c, l)
	return l, r, kind, err
}

// convert converts a layer, unless it is of the target's kind. It does not wait for mounts that
// pass.
func (c *Converter) convert(ctx context.Context, id string, to *target) (Result, error) {
	l, rec, kind, err := c.check(id, to)
	r := Result{Kind: kind}
	if err != nil || kind == to.kind {
		return r, err
	}
	if err := pool.Tidy(ctx, l.Store); err != nil { // a killed run leaves a whole layer, or links to its files
		return r, err
	}
	s, err := c.stage(l, rec)
	if errors.Is(err, pool.ErrApart) {
		return r, &Refusal{Reason: err.Error()}
	}
	if err != nil {
		return r, err
	}
	made, err := to.write(ctx, s)
	if err == nil {
		err = c.exchange(s)
	}
	if err == nil {
		r, r.Kind = made, kind
		to.exchanged(s)
	}
	return r, s.pool.Named(errors.Join(err, s.close()))
}
