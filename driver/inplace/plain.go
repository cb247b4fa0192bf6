//go:build linux

package inplace

import (
	"context"
	"errors"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// CheckPlain returns the kind of a layer. If the layer is not plain and cannot become so, the
// error is a [*Refusal].
func (c *Converter) CheckPlain(id string) (survey.Kind, error) {
	_, _, kind, err := c.check(id, toPlain)
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
	return c.retried(ctx, id, toPlain)
}

// writePlain writes the files of a layer.
func writePlain(ctx context.Context, s *staged) (Result, error) {
	p := &plainLayer{staged: s}
	err := p.unpack(ctx)
	return Result{Files: p.files, Bytes: p.bytes}, err
}

// release removes the directory of the layer that was composefs, and from the pool the
// objects that only this layer had. If that fails the rest is garbage, which the next
// collection finds.
func (s *staged) release() {
	had, err := objects.DigestsIn(context.Background(), s.next.Diff())
	if err = errors.Join(err, os.RemoveAll(s.next.Dir())); err != nil {
		_ = s.pool.NoteGarbage()
		return
	}
	if s.batch.Close() == nil { // its lock would keep the objects
		_, _ = s.pool.Release(context.Background(), had, nil)
		_ = pool.Leave(s.layer.Store, s.layer.ID)
	}
	s.batch, s.next = nil, chain.Layer{}
}
