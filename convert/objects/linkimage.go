package objects

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// LinkImage atomically makes dst, on the pool's file system, a hard link to a merged image of the
// pool, and replaces an existing file. A crash leaves nothing beside dst. dst is not synced: a
// lost link is made again. The error wraps [fs.ErrNotExist] if the pool lacks the image.
//
// The batch holds the pool's lock, so an image is not collected before it is linked.
func (b *Batch) LinkImage(d verity.Digest, dst string) error {
	err := errClosed
	if b.lock != nil {
		err = b.pool.linkImage(d, dst)
	}
	if err != nil {
		return fmt.Errorf("link image %s: %w", d, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.images = slices.DeleteFunc(b.images, func(e verity.Digest) bool { return e == d })
	return nil
}

func (p *Pool) linkImage(d verity.Digest, dst string) error {
	name := p.imagePath(d)
	if sameFile(unix.AT_FDCWD, name, unix.AT_FDCWD, dst) {
		return nil
	}
	temp := p.temporaryImage()
	err := p.try(stepImage)
	if err == nil {
		err = os.Link(name, temp)
	}
	if errors.Is(err, unix.EMLINK) {
		if err = p.renewImage(d); err == nil {
			err = os.Link(name, temp)
		}
	}
	if err != nil {
		return err
	}
	if err = p.try(stepRename); err == nil {
		err = os.Rename(temp, dst)
	}
	// rename(2) does nothing if both names are links to one file.
	return files.WithCleanup(err, files.IgnoreMissing(os.Remove(temp)))
}

// renewImage replaces an image that can take no more links with a copy.
func (p *Pool) renewImage(d verity.Digest) error {
	in, err := p.OpenImage(d)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	temp, got, err := p.writeImage(func(w io.Writer) (verity.Digest, error) {
		h := verity.NewHash(d.Algorithm())
		_, err := io.Copy(io.MultiWriter(w, h), in)
		return h.Digest(), err
	})
	if err != nil {
		return err
	}
	if got != d {
		err = wrongContent(got)
	} else if err = p.try(stepRename); err == nil {
		err = os.Rename(temp, p.imagePath(d))
	}
	if err != nil {
		return files.WithCleanup(err, os.Remove(temp))
	}
	return p.syncDir(p.images())
}
