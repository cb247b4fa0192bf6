package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Walk calls fn for every object of the pool, in the order of digests. What is
// added or removed meanwhile may or may not be seen. fn's first error ends the walk
// and is returned.
func (p *Pool) Walk(ctx context.Context, fn func(d verity.Digest, info Info) error) error {
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
func (p *Pool) walkNames(ctx context.Context, fn func(name string) error) error {
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
	return names, errors.Join(err, f.Close())
}

// Collected says what [Pool.Collect] has removed.
type Collected struct {
	Objects int
	Bytes   int64
}

// Collect removes the objects that no layer links, and what crashes left behind. It
// returns [ErrBusy] if somebody is adding, unless wait is set.
func (p *Pool) Collect(ctx context.Context, wait bool) (c Collected, err error) {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	lock, err := p.flock(how)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	// First, since the links of half a layer would keep objects.
	if err := p.collectStaged(ctx); err != nil {
		return c, err
	}
	err = p.walkNames(ctx, func(name string) error {
		var st unix.Stat_t
		if err := unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return &fs.PathError{Op: "stat object", Path: name, Err: err}
		}
		_, notObject := parsePath(name)
		if st.Nlink > 1 && notObject == nil {
			return nil
		}
		if err := unix.Unlinkat(p.fd(), name, 0); err != nil {
			return &fs.PathError{Op: "remove object", Path: name, Err: err}
		}
		if notObject == nil {
			c.Objects++
			c.Bytes += st.Size
		}
		return nil
	})
	return c, err
}

// Verify reads every object and calls damaged for each whose content is not what its
// name says, with an error that wraps [ErrDamaged]. It returns an error only if it
// could not look.
func (p *Pool) Verify(ctx context.Context, damaged func(d verity.Digest, err error)) error {
	return p.Walk(ctx, func(d verity.Digest, _ Info) error {
		f, err := p.Open(d)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return err
		}
		h := verity.New()
		_, err = io.Copy(h, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("verify object %s: %w", d, err)
		}
		if got := h.Digest(); got != d {
			damaged(d, fmt.Errorf("%w %s: its content has digest %s", ErrDamaged, d, got))
		}
		return nil
	})
}
