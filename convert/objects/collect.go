package objects

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Collected counts what [Pool.Collect] has removed.
type Collected struct {
	Objects int
	Images  int
	Bytes   int64 // length of both

	// Leftovers counts staged layers and temporary names that crashes have left. LeftoverBytes is
	// the length of the files that have no other names.
	Leftovers     int
	LeftoverBytes int64
}

// Collect removes the objects and images that no layer links, and the remains of crashes. It takes
// the pool's lock exclusively; if the pool is in use it waits, or returns [ErrBusy] if wait is
// false.
func (p *Pool) Collect(ctx context.Context, wait bool) (c Collected, err error) {
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	lock, err := p.flock(how)
	if err != nil {
		return c, err
	}
	defer func() { err = files.WithCleanup(err, lock.Close()) }()
	p.takeNote(garbage{whole: true})
	if err := p.collect(ctx, &c); err != nil {
		return c, err
	}
	return c, p.dropNote()
}

// Tidy removes the garbage of which [Untidy] sees traces: noted objects and images, and the remains of
// crashes. It looks at all images, but only at the objects that the traces name, unless the note means
// that garbage is at unknown places. It takes the pool's lock exclusively, or returns [ErrBusy].
func (p *Pool) Tidy(ctx context.Context) (c Collected, err error) {
	lock, err := p.flock(unix.LOCK_EX | unix.LOCK_NB)
	if err != nil {
		return c, err
	}
	defer func() { err = files.WithCleanup(err, lock.Close()) }()
	noted := p.takeNote(garbage{})
	if noted.whole {
		err = p.collect(ctx, &c)
	} else {
		err = p.tidy(ctx, noted, &c)
	}
	if err != nil {
		return c, err
	}
	return c, p.dropNote()
}

// tidy is Tidy for callers that hold the pool's lock exclusively.
func (p *Pool) tidy(ctx context.Context, noted garbage, c *Collected) error {
	left, err := p.leftovers(ctx)
	if err != nil {
		return err
	}
	staged := garbage{objects: left.objects}
	p.addTaken(staged) // the staged layers are the only trace of their objects
	if err := p.removeLeftovers(ctx, left, c); err != nil {
		return err
	}
	shards, err := readNames(p.fd(), ".")
	for _, name := range shards {
		if err == nil && strings.HasPrefix(name, temporaryPrefix) {
			err = p.unlinkObject(name)
		}
	}
	if err != nil {
		return err
	}
	return p.release(ctx, noted.and(staged), c)
}

// collect is Collect for callers that hold the pool's lock exclusively.
func (p *Pool) collect(ctx context.Context, c *Collected) error {
	left, err := p.leftovers(ctx)
	if err != nil {
		return err
	}
	if err := p.removeLeftovers(ctx, left, c); err != nil {
		return err
	}
	return p.walkNames(ctx, func(name string) error {
		if _, err := parsePath(name); err != nil { // a temporary name
			return p.unlinkObject(name)
		}
		return p.dropObject(name, c)
	})
}

// removeLeftovers removes and counts staged layers, and images that no layer links. Staged layers go
// first because their links would keep objects. The caller holds the pool's lock exclusively.
func (p *Pool) removeLeftovers(ctx context.Context, left *leftovers, c *Collected) error {
	c.Leftovers, c.LeftoverBytes = left.count, left.bytes()
	if err := p.collectStaged(ctx); err != nil {
		return err
	}
	return p.collectImages(ctx, c)
}

// dropObject removes and counts an object that no layer links. The caller holds the pool's lock
// exclusively.
func (p *Pool) dropObject(name string, c *Collected) error {
	var st unix.Stat_t
	err := unix.Fstatat(p.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW)
	switch {
	case errors.Is(err, unix.ENOENT):
		return nil
	case err != nil:
		return &fs.PathError{Op: "stat object", Path: name, Err: err}
	case st.Nlink > 1:
		return nil
	}
	if err := p.unlinkObject(name); err != nil {
		return err
	}
	c.Objects++
	c.Bytes += st.Size
	return nil
}

func (p *Pool) unlinkObject(name string) error {
	if err := unix.Unlinkat(p.fd(), name, 0); err != nil {
		return &fs.PathError{Op: "remove object", Path: name, Err: err}
	}
	return nil
}

// collectImages removes the images that no layer links, and temporary names. The caller holds the
// pool's lock exclusively.
func (p *Pool) collectImages(ctx context.Context, c *Collected) error {
	names, err := p.imageNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d, err := verity.ParseDigest(name); err == nil {
			if err := p.dropImage(d, c); err != nil {
				return err
			}
		} else if strings.HasPrefix(name, temporaryPrefix) {
			// It may be the last link to an image but the pool's own.
			if err := os.Remove(filepath.Join(p.images(), name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropImage removes and counts an image that no layer links. The caller holds the pool's lock
// exclusively.
func (p *Pool) dropImage(d verity.Digest, c *Collected) error {
	info, err := p.StatImage(d)
	if err != nil || info.Links > 1 {
		return files.IgnoreMissing(err)
	}
	if err := os.Remove(p.imagePath(d)); err != nil {
		return err
	}
	c.Images++
	c.Bytes += info.Size
	return nil
}
