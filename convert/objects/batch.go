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

// Batch adds the contents of one layer. It holds the pool's lock shared until Close, so nothing is
// collected. Methods that add, link or name contents may be called concurrently. Commit, Place and
// Close may not.
type Batch struct {
	pool    *Pool
	layer   *os.File // the layer's object directory
	lock    *os.File // the pool's, shared; nil once closed
	staged  string   // the layer's directory while it is in the staging area
	sibling string   // its present or former name there

	shards [256]atomic.Bool // existing directories ab of the layer
	linked atomic.Int64     // objects linked from the pool, and those of sources

	writeback writeback

	mu        sync.Mutex
	fresh     []fresh
	published []verity.Digest // by a Commit that failed
	images    []verity.Digest // added and not linked yet
	stats     Stats
	err       error // the first failure after which the layer may lack an added content
}

// fresh is an object of the layer that Commit publishes in the pool.
type fresh struct {
	digest  verity.Digest
	replace bool // the pool's object can take no more links, or is damaged
}

// Stats counts the contents that a batch has added.
type Stats struct {
	Files   int   // contents added
	Objects int   // different contents
	New     int   // objects that the batch has written, because the pool lacked a usable one
	Bytes   int64 // length of all contents
	Stored  int64 // length of the new objects
}

// Saved returns the number of bytes that were not stored because the pool had them.
func (s Stats) Saved() int64 { return s.Bytes - s.Stored }

// Begin starts a batch for the layer whose object directory is layerDir. The directory must exist
// on the pool's file system; for a layer without one see [Pool.BeginStaged]. Begin waits for the
// pool's lock.
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

// Add adds a content and returns its fs-verity digest. Adding a content twice succeeds. The slice
// is not kept.
func (b *Batch) Add(content []byte) (verity.Digest, error) {
	if len(content) == 0 {
		return verity.Digest{}, ErrEmpty
	}
	d := b.pool.algorithm.Sum(content)
	size := int64(len(content))
	found, replace, err := b.link(d, size)
	if err == nil && !found {
		found, err = b.create(Path(d), content)
	}
	return b.added(d, size, found, replace, err)
}

// added counts a content whose object was found or made, and has Commit publish a new one.
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

// Link adds a content from the pool. The error wraps [fs.ErrNotExist] if the pool lacks it.
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

// queue has Commit publish an object of the layer.
func (b *Batch) queue(d verity.Digest, replace bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fresh = append(b.fresh, fresh{d, replace})
	if b.sibling != "" && !replace {
		b.offer(d)
	}
}

// count counts an added content.
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

// fail makes Commit fail, even if the caller ignores the error of the adding method.
func (b *Batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
}

// Stats returns the counts so far.
func (b *Batch) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Objects = s.New + int(b.linked.Load())
	return s
}

// Commit makes the layer's objects durable, seals the new ones if the pool's options ask for it,
// and links them into the pool. It also replaces damaged files that wait for these contents, see
// [Repair.Forget]. Nothing may be added afterwards. After a failure the pool has some of the
// objects, each complete, until [Batch.Close].
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
			b.published = newDigests(b.fresh[:i])
			return fmt.Errorf("commit object %s: %w", f.digest, err)
		}
	}
	b.pool.mend(b.fresh)
	b.withdraw(b.fresh)
	b.fresh = nil
	return nil
}

// Close ends the batch and releases the pool's lock. Closing it again does nothing. Without Commit
// the pool is unchanged. Close releases objects of a failed Commit, and images that were added and
// not linked, see [Pool.Release]. It removes the layer's directory only if that is still staged.
func (b *Batch) Close() error {
	if b.lock == nil {
		return nil
	}
	_ = b.writeback.wait() // its error matters to Commit only
	b.withdraw(b.fresh)
	var err error
	if b.staged != "" {
		err = os.RemoveAll(b.staged)
		b.staged = ""
	}
	err = files.WithCleanup(err, b.layer.Close(), b.lock.Close())
	b.lock = nil
	if len(b.published)+len(b.images) > 0 {
		_, _ = b.pool.Release(context.Background(), b.published, b.images) // if it fails, a note is left
	}
	return err
}

// newDigests returns the published objects that replaced none.
func newDigests(published []fresh) (all []verity.Digest) {
	for _, f := range published {
		if !f.replace {
			all = append(all, f.digest)
		}
	}
	return all
}

// Algorithm returns the algorithm of the pool's digests.
func (b *Batch) Algorithm() verity.Algorithm { return b.pool.algorithm }

func (b *Batch) fd() int { return int(b.layer.Fd()) }
