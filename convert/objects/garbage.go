package objects

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Garbage counts what [Pool.Collect] would remove, and removes nothing. It counts the links to
// images in unlinked as removed. Collect removes staged layers and temporary names first, so
// Garbage subtracts their links from those of objects. While another process adds or collects, busy
// is true, and staged layers count as in use. The lock is not held during the count.
func (p *Reader) Garbage(ctx context.Context, unlinked ...string) (c Collected, busy bool, err error) {
	if busy, err = p.busy(); err != nil {
		return c, busy, err
	}
	left := &leftovers{files: map[inode]*leftover{}}
	if !busy {
		if left, err = p.leftovers(ctx); err != nil {
			return c, busy, err
		}
	}
	c.Leftovers, c.LeftoverBytes = left.count, left.bytes()
	for _, name := range unlinked {
		if err := left.add(name); err != nil {
			return c, busy, err
		}
	}
	err = p.garbageImages(ctx, left, &c)
	if err == nil {
		err = p.walkNames(ctx, func(name string) error {
			_, err := parsePath(name)
			if err == nil && left.drops(p.fd(), name, &c) {
				c.Objects++
			}
			return nil
		})
	}
	return c, busy, err
}

// garbageImages counts the images that would have no link.
func (p *Reader) garbageImages(ctx context.Context, left *leftovers, c *Collected) error {
	names, err := p.imageNames()
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := verity.ParseDigest(name)
		if err == nil && left.drops(unix.AT_FDCWD, filepath.Join(p.images(), name), c) {
			c.Images++
		}
	}
	return err
}

// drops reports whether a file of the pool would keep the pool's link only, and counts its length.
// It is false for a missing file.
func (l *leftovers) drops(at int, name string, c *Collected) bool {
	var st unix.Stat_t
	if unix.Fstatat(at, name, &st, unix.AT_SYMLINK_NOFOLLOW) != nil || l.linksLeft(&st) > 1 {
		return false
	}
	c.Bytes += st.Size
	return true
}

// busy reports whether another process or batch holds the pool's lock. It holds the lock itself
// for an instant only, and does not make the lock file.
func (p *Reader) busy() (bool, error) {
	f, err := os.Open(filepath.Join(p.path, "lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return files.Locked(f)
}
