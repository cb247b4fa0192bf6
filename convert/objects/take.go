package objects

import (
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Taken says what became of a file that was given to [Batch.Take].
type Taken int

// What becomes of files.
const (
	TakenHad    Taken = iota // the layer has that content otherwise: the file is of no use
	TakenLinked              // the file is the object
	TakenCopied              // the object is a copy of it
)

// Take adds the content of a regular file that is open and lies outside of the layer, on
// the pool's file system: d and size are its digest and length, as the caller has found by
// reading. If the pool does not have that content the file becomes the object, by a link,
// and keeps its metadata; or if it is not the caller's alone a copy does.
func (b *Batch) Take(f *os.File, d verity.Digest, size int64, alone bool) (Taken, error) {
	if size == 0 {
		return TakenHad, ErrEmpty
	}
	taken := TakenHad
	found, replace, err := b.link(d, size)
	if err == nil && !found {
		taken = TakenCopied
		switch {
		case alone:
			taken = TakenLinked // also if it can take no more links and is copied
			found, err = b.linkFile(f, d, size)
		default:
			found, err = b.copyFile(f, d, size)
		}
	}
	if err != nil {
		return TakenHad, fmt.Errorf("take object %s: %w", d, err)
	}
	if found {
		taken = TakenHad
	} else {
		b.queue(d, replace)
	}
	b.count(size, !found)
	return taken, nil
}
