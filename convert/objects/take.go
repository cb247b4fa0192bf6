package objects

import (
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Taken is the result of [Batch.Take].
type Taken int

// Results of [Batch.Take].
const (
	TakenHad    Taken = iota // the pool or the layer already had the content
	TakenLinked              // the object is a link to the file
	TakenCopied              // the object is a copy of the file
)

// Take adds the content of an open regular file on the pool's file system, outside of the layer.
// d and size are its fs-verity digest and length, which the caller has found by reading it. If the
// pool lacks the content, the object becomes a link to the file, which keeps its metadata, or a
// copy if alone is false because the file has other users.
func (b *Batch) Take(f *os.File, d verity.Digest, size int64, alone bool) (Taken, error) {
	if size == 0 {
		return TakenHad, ErrEmpty
	}
	taken := TakenHad
	found, replace, err := b.link(d, size)
	switch {
	case err != nil || found:
	case alone:
		taken, err = b.linkFile(f, d, size)
	default:
		taken, err = copied(b.copyFile(f, d, size))
	}
	if err != nil {
		return TakenHad, fmt.Errorf("take object %s: %w", d, err)
	}
	if taken != TakenHad {
		b.queue(d, replace)
	}
	b.count(size, taken != TakenHad)
	return taken, nil
}

// copied is the result of copyFile as a Taken.
func copied(found bool, err error) (Taken, error) {
	if found || err != nil {
		return TakenHad, err
	}
	return TakenCopied, nil
}
