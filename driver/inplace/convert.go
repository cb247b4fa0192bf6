//go:build linux

package inplace

import (
	"context"
	"errors"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// target is the direction of a conversion.
type target struct {
	kind survey.Kind // of the result

	// record returns the record of a layer in containers/storage, or a *Refusal if the record lacks
	// facts that the conversion needs.
	record func(c *Converter, l chain.Layer) (record, error)

	// write writes the new content of a layer into its staged directory, durably. It sets all fields of
	// the result but the kind.
	write func(ctx context.Context, s *staged) (Result, error)

	// exchanged removes the old directory of the layer. It returns no error, because leftovers are
	// garbage.
	exchanged func(s *staged, ctx context.Context)
}

var (
	toComposefs = &target{survey.Composefs, (*Converter).record, writeComposefs, (*staged).tidyUp}
	toPlain     = &target{survey.Plain, (*Converter).listed, writePlain, (*staged).release}
)

// check returns a layer, its record and its kind. If the layer has another kind than the target and
// cannot be converted, the error is a [*Refusal]. It returns no record for a layer of the target's kind.
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

// convert converts a layer unless it has the target's kind, without retries.
func (c *Converter) convert(ctx context.Context, id string, to *target) (Result, error) {
	l, rec, kind, err := c.check(id, to)
	r := Result{Kind: kind}
	if err != nil || kind == to.kind {
		return r, err
	}
	if err := pool.Tidy(ctx, l.Store); err != nil { // a killed run leaves a whole layer, or links to its files
		return r, err
	}
	s, err := c.stage(ctx, l, rec)
	if errors.Is(err, pool.ErrApart) {
		return r, &Refusal{Reason: err.Error()}
	}
	if err != nil {
		return r, err
	}
	made, err := to.write(ctx, s)
	if err == nil {
		err = c.exchange(ctx, s)
	}
	if err == nil {
		r, r.Kind = made, kind
		to.exchanged(s, context.WithoutCancel(ctx))
	}
	return r, s.pool.Named(errors.Join(err, s.close(ctx)))
}
