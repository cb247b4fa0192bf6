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

// BeginStaged starts a batch for a layer that has no place yet. The layer's object directory, with
// mode 0700, is in the pool's staging area until [Batch.Place] moves it; otherwise [Batch.Close]
// removes it with its contents. The batch holds the pool's lock shared, so [Pool.Collect], which
// holds it exclusively, finds only what crashes have left.
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

// Staged returns the path of the layer's object directory in the staging area, or "" if it is not
// there.
func (b *Batch) Staged() string { return b.staged }

// Place moves the layer's object directory from the staging area to dst, on the pool's file
// system. It atomically replaces an empty directory; any other existing file is an error, and for
// a directory the error wraps [fs.ErrExist]. The mode stays as it is, 0700 unless the caller has
// changed it. Nothing is synced: if a crash interrupts a layer that was placed before it was
// committed, the caller removes the rest.
func (b *Batch) Place(dst string) error {
	err := b.pool.try(stepPlace)
	switch {
	case err != nil:
	case b.staged == "":
		err = errors.New("the layer is not staged")
	default:
		err = unix.Rename(b.staged, dst)
	}
	if err != nil {
		return &fs.PathError{Op: "place layer", Path: dst, Err: err}
	}
	b.staged = ""
	return nil
}

// collectStaged removes everything from the staging area: it was left by crashes, because the
// caller holds the pool's lock exclusively.
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
