//go:build linux

package pool

import (
	"context"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/message"
)

// Named returns err with absolute paths instead of those of [Pool.Path]. If the file system is full,
// it adds the store. The pool may be closed.
func (p *Pool) Named(err error) error {
	return message.Full(message.Rename(err, p.path, p.root+"/"), p.root)
}

// The following methods replace those of the embedded pool whose errors contain paths.

// Begin is [objects.Pool.Begin].
func (p *Pool) Begin(layerDir string) (*objects.Batch, error) {
	b, err := p.Pool.Begin(layerDir)
	return b, p.Named(err)
}

// BeginStaged is [objects.Pool.BeginStaged].
func (p *Pool) BeginStaged() (*objects.Batch, error) {
	b, err := p.Pool.BeginStaged()
	return b, p.Named(err)
}

// Collect is [objects.Pool.Collect].
func (p *Pool) Collect(ctx context.Context, wait bool) (objects.Collected, error) {
	c, err := p.Pool.Collect(ctx, wait)
	return c, p.Named(err)
}

// Tidy is [objects.Pool.Tidy].
func (p *Pool) Tidy(ctx context.Context) (objects.Collected, error) {
	c, err := p.Pool.Tidy(ctx)
	return c, p.Named(err)
}

// Release is [objects.Pool.Release].
func (p *Pool) Release(ctx context.Context, list, images []verity.Digest) (objects.Collected, error) {
	c, err := p.Pool.Release(ctx, list, images)
	return c, p.Named(err)
}

// NoteGarbage is [objects.Pool.NoteGarbage].
func (p *Pool) NoteGarbage() error { return p.Named(p.Pool.NoteGarbage()) }

// SealFile is [objects.Pool.SealFile].
func (p *Pool) SealFile(name string, d verity.Digest) (sealed bool, err error) {
	sealed, err = p.Pool.SealFile(name, d)
	return sealed, p.Named(err)
}

// SealObjects is [objects.Pool.SealObjects].
func (p *Pool) SealObjects(ctx context.Context, all []verity.Digest) error {
	return p.Named(p.Pool.SealObjects(ctx, all))
}
