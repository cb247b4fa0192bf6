package objects

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// DigestsIn returns the fs-verity digests that the names in a layer's object directory spell, for
// [Pool.Release] after the directory is removed. It skips other names. The names that stock
// containers/storage gives to files are content sha256s and look the same; the pool has no objects
// of these names, and adopted files have both.
func DigestsIn(ctx context.Context, layerDir string) (all []verity.Digest, err error) {
	shards, err := readNames(unix.AT_FDCWD, layerDir)
	if err != nil {
		return nil, err
	}
	for _, shard := range shards {
		if len(shard) != 2 {
			continue
		}
		names, err := readNames(unix.AT_FDCWD, layerDir+"/"+shard)
		if errors.Is(err, unix.ENOTDIR) || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err = errors.Join(ctx.Err(), err); err != nil {
			return nil, err
		}
		for _, name := range names {
			if d, err := verity.ParseDigest(shard + name); err == nil {
				all = append(all, d)
			}
		}
	}
	return all, nil
}

// Release removes those of the given objects and images that no layer links any more. Pass all
// that a removed layer had: another layer that shares an object may be removed at the same time,
// and only the later release sees the object unused. Missing objects are skipped. Release costs a
// stat for each object, whatever the size of the pool. It also removes garbage that was noted
// before; if that is at unknown places, it collects everything, as [Pool.Collect] does.
//
// Release takes the pool's lock exclusively and does not wait for it. If the pool is in use it
// removes nothing, notes the objects and images, and returns an error that wraps [ErrBusy], which
// callers may ignore. A call that fails or is killed half-way leaves the note too.
func (p *Pool) Release(ctx context.Context, objects, images []verity.Digest) (c Collected, err error) {
	own := garbage{objects: objects, images: images}
	lock, err := p.flock(unix.LOCK_EX | unix.LOCK_NB)
	if errors.Is(err, ErrBusy) {
		return c, files.WithCleanup(err, p.noteGarbage(own))
	}
	if err != nil {
		return c, err
	}
	defer func() { err = files.WithCleanup(err, lock.Close()) }()
	if all := p.takeNote(own); all.whole {
		err = p.collect(ctx, &c)
	} else {
		err = p.release(ctx, all, &c)
	}
	if err != nil {
		return c, err
	}
	return c, p.dropNote()
}

// release removes the given images and objects that no layer links. The caller holds the pool's
// lock exclusively.
func (p *Pool) release(ctx context.Context, g garbage, c *Collected) error {
	for _, d := range g.images {
		if err := errors.Join(ctx.Err(), p.dropImage(d, c)); err != nil {
			return err
		}
	}
	for _, d := range g.objects {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.dropObject(Path(d), c); err != nil {
			return err
		}
	}
	return nil
}
