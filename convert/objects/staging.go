package objects

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// BeginStaged starts a batch for a layer that has no place yet. Its object
// directory, with mode 0700, is in the pool's staging area until [Batch.Place] gives
// it one; [Batch.Close] removes it with all that is in it unless that happened. The
// batch holds the pool's lock as long as it has something staged, so whatever is
// there while nobody holds it was left behind by a crash, and [Pool.Collect] removes
// it.
func (p *Pool) BeginStaged() (*Batch, error) {
	lock, err := p.flock(unix.LOCK_SH)
	if err != nil {
		return nil, err
	}
	dir, err := p.stage()
	if err != nil {
		return nil, files.WithCleanup(err, lock.Close())
	}
	layer, err := os.Open(dir)
	if err != nil {
		return nil, files.WithCleanup(err, os.Remove(dir), lock.Close())
	}
	return &Batch{pool: p, layer: layer, lock: lock, staged: dir, sibling: filepath.Base(dir)}, nil
}

func (p *Reader) staging() string { return filepath.Join(p.path, "staging") }

// stage makes a directory in the staging area.
func (p *Pool) stage() (dir string, err error) {
	if err := p.try(stepStage); err != nil {
		return "", &fs.PathError{Op: "mkdir", Path: p.staging(), Err: err}
	}
	if err := os.Mkdir(p.staging(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return os.MkdirTemp(p.staging(), "")
}

// Staged returns the path of the layer's object directory while it is in the
// staging area, and "" otherwise.
func (b *Batch) Staged() string { return b.staged }

// Place moves the layer's object directory out of the staging area to dst, on the
// pool's file system. An empty directory that is there is replaced in one step;
// anything else is an error, of a directory one that wraps [fs.ErrExist]. The mode is
// that of the staged directory, 0700 unless its caller has changed it. Nothing is
// synced: what a crash leaves of a layer that was placed before it was committed is
// its caller's to remove.
func (b *Batch) Place(dst string) error {
	err := b.pool.try(stepPlace)
	switch {
	case err != nil:
	case b.staged == "":
		err = errors.New("it is not staged")
	default:
		err = unix.Rename(b.staged, dst)
	}
	if err != nil {
		return &fs.PathError{Op: "place layer", Path: dst, Err: err}
	}
	b.staged = ""
	return nil
}

// collectStaged removes what crashes have left in the staging area. The pool is
// locked exclusively.
func (p *Pool) collectStaged(ctx context.Context) error {
	entries, err := os.ReadDir(p.staging())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if err := errors.Join(ctx.Err(), os.RemoveAll(filepath.Join(p.staging(), e.Name()))); err != nil {
			return err
		}
	}
	return err
}
