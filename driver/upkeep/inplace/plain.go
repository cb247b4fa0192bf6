//go:build linux

package inplace

import (
	"context"
	"errors"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/survey"
)

// CheckPlain returns the kind of a layer. If the layer is not plain and cannot become so, the
// error is a [*Refusal].
func (c *Converter) CheckPlain(id string) (survey.Kind, error) {
	l, kind, err := survey.Find(c.stores, id)
	if err != nil || kind == survey.Plain {
		return kind, err
	}
	if err := c.refuse(l, kind); err != nil {
		return kind, err
	}
	_, err = c.listed(l)
	return kind, err
}

// Plain makes a layer plain, unless it is: its directory then has the files that the stock
// driver would unpack. When it returns without an error all is on disk, and the pool has no
// objects of this layer alone any more. If the layer stays as it is though nothing is wrong
// with it, the error is a [*Refusal]. After any error the layer is as it was.
//
// Of an image, convert the upper layers first: then no composefs layer ever lies above a
// plain one.
func (c *Converter) Plain(ctx context.Context, id string) (Result, error) {
	return retried(ctx, id, c.plain)
}

// plain is Plain, without waiting for mounts that pass.
func (c *Converter) plain(ctx context.Context, id string) (Result, error) {
	kind, err := c.CheckPlain(id)
	r := Result{Kind: kind}
	if err != nil || kind == survey.Plain {
		return r, err
	}
	l, err := c.stores.Find(id)
	if err != nil {
		return r, err
	}
	if err := pool.Tidy(ctx, l.Store); err != nil { // a killed run may have left a whole layer
		return r, err
	}
	rec, err := c.listed(l)
	if err != nil {
		return r, err
	}
	s, err := c.stage(l, rec)
	if errors.Is(err, pool.ErrApart) {
		return r, &Refusal{Reason: err.Error()}
	}
	if err != nil {
		return r, err
	}
	u := &plainLayer{staged: s}
	if err = u.unpack(ctx); err == nil {
		err = c.exchange(s)
	}
	if err == nil {
		r.Files, r.Bytes = u.files, u.bytes
		s.release(l)
	}
	return r, s.pool.Named(errors.Join(err, s.close()))
}

// release removes the directory of the layer that was composefs, and from the pool the
// objects that only this layer had. If that fails the rest is garbage, which the next
// collection finds.
func (s *staged) release(l chain.Layer) {
	had, err := objects.DigestsIn(context.Background(), s.next.Diff())
	if err = errors.Join(err, os.RemoveAll(s.next.Dir())); err != nil {
		_ = s.pool.NoteGarbage()
		return
	}
	if s.batch.Close() == nil { // its lock would keep the objects
		_, _ = s.pool.Release(context.Background(), had, nil)
		_ = pool.Leave(l.Store, l.ID)
	}
	s.batch, s.next = nil, chain.Layer{}
}
