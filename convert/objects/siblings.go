package objects

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Layers of an image have contents in common, and are converted at the same time. So what
// one staged batch has written, the others of this process link instead of writing it
// again. What they are told is where to look; the file system has the last word. Each
// batch publishes what it has got so, since the other one may never commit.

// siblings tells which staged batch of this process has written an object that no pool has
// yet. Keys are the first bytes of digests, since there are many.
var siblings = struct {
	sync.RWMutex
	by map[uint64]*Batch
}{by: map[uint64]*Batch{}}

func siblingKey(d verity.Digest) uint64 { return binary.NativeEndian.Uint64(d[:]) }

// offer tells the others that this batch has an object.
func (b *Batch) offer(d verity.Digest) {
	siblings.Lock()
	defer siblings.Unlock()
	siblings.by[siblingKey(d)] = b
}

// withdraw takes back what was offered: the pool has it, or the batch ends.
func (b *Batch) withdraw(all []fresh) {
	siblings.Lock()
	defer siblings.Unlock()
	for _, f := range all {
		if key := siblingKey(f.digest); siblings.by[key] == b {
			delete(siblings.by, key)
		}
	}
}

// linkSibling links an object that another batch has written into the layer, as name.
// Only a layer that is staged takes what is not durable yet.
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
	from := "../staging/" + other.sibling + "/" + name // of this pool, or it is not there
	var st unix.Stat_t
	if err := unix.Fstatat(b.pool.fd(), from, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil || st.Size != size {
		return false, nil
	}
	err = unix.Linkat(b.pool.fd(), from, b.fd(), name, 0)
	switch {
	case err == nil:
		b.queue(d, false)
		return true, nil
	case errors.Is(err, unix.EEXIST): // the layer has got it meanwhile
		return true, nil
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EMLINK), errors.Is(err, unix.EXDEV):
		return false, nil
	}
	return false, os.NewSyscallError("linkat", err)
}
