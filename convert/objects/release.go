package objects

import (
	"context"
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// DigestsIn returns the digests for which the names in a layer's object directory
// stand, for [Pool.Release] once that is removed. Files of layers that stock
// containers/storage has written are named otherwise, yet look the same: the pool does
// not have these, and adopted ones have both names. What does not look like a digest is
// passed over.
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

// Release removes those of the given objects and images that nobody links any more.
// They are what a layer had that has just been removed. All that it had should be
// given: one that another layer has too may be about to lose that as well, and only
// whoever comes last sees it. What the pool does not have is passed over. The cost is
// that of a stat for each that is given, but for garbage that was noted before: then
// all of the pool's is collected, as by [Pool.Collect].
//
// If somebody is adding, or collecting, nothing is removed. The garbage is noted, see
// [Pool.NoteGarbage], and the error wraps [ErrBusy]: that is no failure of the caller.
// A call that fails half way or is killed leaves the note too.
func (p *Pool) Release(ctx context.Context, objects, images []verity.Digest) (c Collected, err error) {
	lock, err := p.flock(unix.LOCK_EX | unix.LOCK_NB)
	if errors.Is(err, ErrBusy) {
		return c, files.WithCleanup(err, p.NoteGarbage())
	}
	if err != nil {
		return c, err
	}
	defer func() { err = files.WithCleanup(err, lock.Close()) }()
	if p.takeNote() {
		err = p.collect(ctx, &c)
	} else {
		err = p.release(ctx, objects, images, &c)
	}
	if err != nil {
		return c, err
	}
	return c, p.dropNote()
}

// release removes what nobody links of what is given. The pool is locked exclusively.
func (p *Pool) release(ctx context.Context, objects, images []verity.Digest, c *Collected) error {
	for _, d := range images {
		if err := errors.Join(ctx.Err(), p.dropImage(d, c)); err != nil {
			return err
		}
	}
	for _, d := range objects {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.dropObject(Path(d), c); err != nil {
			return err
		}
	}
	return nil
}
