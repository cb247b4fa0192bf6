package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// LinkImage makes dst, on the pool's file system, a hard link to an image of the pool,
// in one step for everybody who looks. What was there before, if it is not a
// directory, is replaced. Nothing is left beside dst by a crash, nor is dst synced: a
// link that is lost is made again. It returns an error that wraps [fs.ErrNotExist] if
// the pool does not have the image.
//
// Since the batch holds the pool's lock, an image that it has added or seen is not
// collected before it is linked.
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
	// If both had become names of one file, rename leaves both.
	return files.WithCleanup(err, ignore(os.Remove(temp), fs.ErrNotExist))
}

// renewImage puts a copy in the place of an image that can take no more links.
func (p *Pool) renewImage(d verity.Digest) error {
	in, err := p.OpenImage(d)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	temp, got, err := p.writeImage(func(w io.Writer) (verity.Digest, error) {
		h := verity.New()
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
