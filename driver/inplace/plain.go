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

// CheckPlain returns the kind of a layer. If the layer is not plain and cannot become so, the error is a
// [*Refusal]. CheckPlain takes no lock.
func (c *Converter) CheckPlain(id string) (survey.Kind, error) {
	_, _, kind, err := c.check(id, toPlain)
	return kind, err
}

// Unpack makes a layer plain unless it is: its directory then has the files that the stock driver would
// unpack. The layer is durable when Unpack returns nil, and objects that only this layer had are gone
// from the pool. The error is a [*Refusal] if Unpack does not convert an intact layer. After an error
// the layer is unchanged, unless syncing the exchanged directories has failed.
//
// Callers convert the upper layers of an image first, so that no composefs layer is above a plain one.
func (c *Converter) Unpack(ctx context.Context, id string) (Result, error) {
	return c.retried(ctx, id, toPlain)
}

// writePlain writes the files of a layer.
func writePlain(ctx context.Context, s *staged) (Result, error) {
	p := &plainLayer{staged: s}
	err := p.unpack(ctx)
	return Result{Files: p.files, Bytes: p.bytes}, err
}

// release removes the old directory of the layer, and the objects that only this layer had from the
// pool. After a failure the rest is garbage, which the next collection finds.
func (s *staged) release(ctx context.Context) {
	had, err := objects.DigestsIn(ctx, s.next.Diff())
	if err = errors.Join(err, os.RemoveAll(s.next.Dir())); err != nil {
		_ = s.pool.NoteGarbage()
		return
	}
	if s.batch.Close() == nil { // its lock would keep the objects
		_, _ = s.pool.Release(ctx, had, nil)
		_ = pool.Leave(s.layer.Store, s.layer.ID)
	}
	s.batch, s.next = nil, chain.Layer{}
}
