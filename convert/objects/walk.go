package objects

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Walk calls fn for every object of the pool, in the order of digests. It may or may not see
// objects that are added or removed during the walk. It returns fn's first error.
func (p *Reader) Walk(ctx context.Context, fn func(d verity.Digest, info Info) error) error {
	return p.walkNames(ctx, func(name string) error {
		d, err := parsePath(name)
		if err != nil {
			return nil //nolint:nilerr // not an object, but a temporary name
		}
		info, err := p.Stat(d)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(d, info)
	})
}

// parsePath is the inverse of [Path].
func parsePath(name string) (verity.Digest, error) {
	return verity.ParseDigest(strings.Replace(name, "/", "", 1))
}

// walkNames calls fn for the path of every file below the object directory, sorted.
func (p *Reader) walkNames(ctx context.Context, fn func(name string) error) error {
	shards, err := readNames(p.fd(), ".")
	if err != nil {
		return err
	}
	for _, shard := range shards {
		if strings.HasPrefix(shard, temporaryPrefix) {
			if err := fn(shard); err != nil {
				return err
			}
			continue
		}
		names, err := readNames(p.fd(), shard)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(shard + "/" + name); err != nil {
				return err
			}
		}
	}
	return nil
}

func readNames(at int, name string) ([]string, error) {
	fd, err := unix.Openat(at, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, files.WithCleanup(err, f.Close())
}

// Verify reads every object and calls damaged for each whose content has another fs-verity digest
// than its name, with an error that wraps [ErrDamaged]. It returns an error only if it could not
// read an object.
func (p *Reader) Verify(ctx context.Context, damaged func(d verity.Digest, err error)) error {
	return p.Walk(ctx, func(d verity.Digest, _ Info) error {
		f, err := p.Open(d)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed during the walk
		}
		if err != nil {
			return err
		}
		got, _, err := d.Algorithm().SumReader(f)
		if err = files.WithCleanup(err, f.Close()); err != nil {
			return fmt.Errorf("verify object %s: %w", d, err)
		}
		if got != d {
			damaged(d, fmt.Errorf("%w %s: its content has fs-verity digest %s", ErrDamaged, d, got))
		}
		return nil
	})
}
