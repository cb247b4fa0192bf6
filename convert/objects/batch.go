package objects

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrEmpty is returned for an empty content, which has no object.
var ErrEmpty = errors.New("an empty file has no object")

// Batch adds the contents of one layer. Its adding methods may be called
// concurrently.
type Batch struct {
	pool    *Pool
	layer   *os.File // the layer's object directory
	lock    *os.File // the pool's, shared; nil once closed
	staged  string   // the layer's directory while it is in the staging area
	sibling string   // the name that it has or had there

	shards [256]atomic.Bool // directories ab of the layer that are there
	linked atomic.Int64     // objects that the layer has got from the pool

	writeback writeback

	mu     sync.Mutex
	fresh  []fresh
	halved []verity.Digest // what the pool got from a Commit that failed
	images []verity.Digest // that were added and not linked yet
	stats  Stats
	err    error // why the layer may lack a content that was added
}

// fresh is an object of the layer that the pool is to get.
type fresh struct {
	digest  verity.Digest
	replace bool // the pool has one that can take no more links, or is damaged
}

// Stats says what a batch has done.
type Stats struct {
	Files   int   // contents added
	Objects int   // different ones among them
	New     int   // of these the ones that the pool did not have, or not so that it could link them
	Bytes   int64 // length of all contents
	Stored  int64 // length of the new ones
}

// Saved returns how many bytes were not stored because the pool had them.
func (s Stats) Saved() int64 { return s.Bytes - s.Stored }

// Begin starts a batch for the layer whose object directory is layerDir, which must
// be there, on the pool's file system. [Pool.BeginStaged] is for one that is not
// there yet. Until the batch is closed nothing is collected.
func (p *Pool) Begin(layerDir string) (*Batch, error) {
	layer, err := os.Open(layerDir)
	if err != nil {
		return nil, err
	}
	lock, err := p.flock(unix.LOCK_SH)
	if err != nil {
		return nil, files.WithCleanup(err, layer.Close())
	}
	return &Batch{pool: p, layer: layer, lock: lock}, nil
}

// Add adds a content that is in memory and returns its digest. Adding what is there
// already succeeds: nil means "the layer has it". The slice is not kept.
func (b *Batch) Add(content []byte) (verity.Digest, error) {
	if len(content) == 0 {
		return verity.Digest{}, ErrEmpty
	}
	d := verity.Sum(content)
	size := int64(len(content))
	found, replace, err := b.link(d, size)
	if err == nil && !found {
		found, err = b.create(Path(d), content)
	}
	return b.added(d, size, found, replace, err)
}

// added counts a content whose object was found or made, and has Commit give a new one its name.
func (b *Batch) added(d verity.Digest, size int64, found, replace bool, err error) (verity.Digest, error) {
	if err != nil {
		return verity.Digest{}, fmt.Errorf("add object %s: %w", d, err)
	}
	if !found {
		b.queue(d, replace)
	}
	b.count(size, !found)
	return d, nil
}

// Link adds a content that the pool must have. It returns an error that wraps
// [fs.ErrNotExist] if it has not.
func (b *Batch) Link(d verity.Digest, size int64) error {
	found, replace, err := b.link(d, size)
	switch {
	case err != nil, found:
	case replace:
		found, err = b.copyObject(d, size)
	default:
		err = os.ErrNotExist
	}
	if err != nil {
		return fmt.Errorf("link object %s: %w", d, err)
	}
	if !found {
		b.queue(d, true)
	}
	b.count(size, !found)
	return nil
}

// queue notes an object of the layer that the pool is to get at Commit.
func (b *Batch) queue(d verity.Digest, replace bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fresh = append(b.fresh, fresh{d, replace})
	if b.sibling != "" && !replace {
		b.offer(d)
	}
}

// count notes that the layer has got a content, and whether that is a new object.
func (b *Batch) count(size int64, isNew bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Files++
	b.stats.Bytes += size
	if isNew {
		b.stats.New++
		b.stats.Stored += size
	}
}

// fail makes Commit fail, whatever the caller does about the error it got.
func (b *Batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
}

// Stats returns what the batch has done so far.
func (b *Batch) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Objects = s.New + int(b.linked.Load())
	return s
}

// Commit makes the layer's objects durable, seals the new ones if the pool is to do that,
// and gives them their names in the pool, and their contents to layers that have them
// damaged, see [Repair.Forget]. Nothing may be added afterwards. If it fails the pool has
// some of them, each complete, until [Batch.Close].
func (b *Batch) Commit() error {
	err := files.WithCleanup(b.err, b.writeback.wait())
	if err == nil {
		err = b.syncfs()
	}
	if err == nil {
		err = b.seal()
	}
	if err != nil {
		return fmt.Errorf("commit objects: %w", err)
	}
	for i, f := range b.fresh {
		if err := b.publish(f); err != nil {
			b.halved = added(b.fresh[:i])
			return fmt.Errorf("commit object %s: %w", f.digest, err)
		}
	}
	b.pool.mend(b.fresh)
	b.withdraw(b.fresh)
	b.fresh = nil
	return nil
}

// Close ends the batch; closing it again does nothing. Without Commit the pool has the
// objects that it had. What a Commit that failed has brought into it, and images that
// were added and not linked, are released, see [Pool.Release].
// What is in the layer's directory is its owner's to remove, unless it is staged.
func (b *Batch) Close() error {
	if b.lock == nil {
		return nil
	}
	_ = b.writeback.wait() // what went wrong concerns Commit
	b.withdraw(b.fresh)
	var err error
	if b.staged != "" {
		err = os.RemoveAll(b.staged)
		b.staged = ""
	}
	err = files.WithCleanup(err, b.layer.Close(), b.lock.Close())
	b.lock = nil
	if len(b.halved)+len(b.images) > 0 {
		_, _ = b.pool.Release(context.Background(), b.halved, b.images) // or noted
	}
	return err
}

// added returns the objects of which the pool had nothing before.
func added(published []fresh) (all []verity.Digest) {
	for _, f := range published {
		if !f.replace {
			all = append(all, f.digest)
		}
	}
	return all
}

func (b *Batch) fd() int { return int(b.layer.Fd()) }
