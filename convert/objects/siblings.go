package objects

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Layers of an image have contents in common and are converted at the same time. The staged
// batches of one process therefore link each other's new objects instead of writing them again.
// The map only suggests where to look; the file system decides. Each batch publishes the objects
// that it got in this way, because the other one may never commit.

// siblings maps an object that is in no pool yet to the staged batch of this process that has
// written it. Keys are the first bytes of digests, to save memory.
var siblings = struct {
	sync.RWMutex
	by map[uint64]*Batch
}{by: map[uint64]*Batch{}}

func siblingKey(d verity.Digest) uint64 {
	var first [8]byte
	copy(first[:], d.Bytes())
	return binary.NativeEndian.Uint64(first[:])
}

// offer registers an object of this batch for the others.
func (b *Batch) offer(d verity.Digest) {
	siblings.Lock()
	defer siblings.Unlock()
	siblings.by[siblingKey(d)] = b
}

// withdraw removes objects from the map because the pool has them now, or because the batch ends.
func (b *Batch) withdraw(all []fresh) {
	siblings.Lock()
	defer siblings.Unlock()
	for _, f := range all {
		if key := siblingKey(f.digest); siblings.by[key] == b {
			delete(siblings.by, key)
		}
	}
}

// linkSibling links an object that another batch has written into the layer. Only a staged layer
// takes objects that are not durable yet.
func (b *Batch) linkSibling(d verity.Digest, name string, size int64) (found bool, err error) {
	if b.sibling == "" {
		return false, nil
	}
	siblings.RLock()
	other := siblings.by[siblingKey(d)]
	siblings.RUnlock()
	if other == nil || other == b {
		return false, nil
	}
	from := "../staging/" + other.sibling + "/" + name // missing if other is a batch of another pool
	var st unix.Stat_t
	if err := unix.Fstatat(b.pool.fd(), from, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil || st.Size != size {
		return false, nil //nolint:nilerr // the sibling does not have it
	}
	err = unix.Linkat(b.pool.fd(), from, b.fd(), name, 0)
	switch {
	case err == nil:
		b.queue(d, false)
		return true, nil
	case errors.Is(err, unix.EEXIST): // another caller has added it in the meantime
		return true, nil
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EMLINK), errors.Is(err, unix.EXDEV):
		return false, nil
	}
	return false, os.NewSyscallError("linkat", err)
}
