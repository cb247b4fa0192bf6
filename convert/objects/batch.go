package objects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrEmpty is returned for an empty content, which has no object.
var ErrEmpty = errors.New("an empty file has no object")

// Batch adds the contents of one layer. Its adding methods may be called
// concurrently.
type Batch struct {
	pool  *Pool
	layer *os.File // the layer's object directory
	lock  *os.File // the pool's, shared

	shards [256]atomic.Bool // directories ab of the layer that are there

	mu    sync.Mutex
	fresh []fresh
	stats Stats
}

// fresh is an object that the batch has written.
type fresh struct {
	digest  verity.Digest
	replace bool // the pool has one that can take no more links, or is damaged
}

// Stats says what a batch has done.
type Stats struct {
	Files   int   // contents added
	Objects int   // of them new to the pool
	Bytes   int64 // length of all contents
	Stored  int64 // length of the new ones
}

// Saved returns how many bytes were not stored because the pool had them.
func (s Stats) Saved() int64 { return s.Bytes - s.Stored }

// Begin starts a batch for the layer whose object directory is layerDir, which must
// be there, on the pool's file system. Until the batch is closed nothing is
// collected.
func (p *Pool) Begin(layerDir string) (*Batch, error) {
	layer, err := os.Open(layerDir)
	if err != nil {
		return nil, err
	}
	lock, err := p.flock(unix.LOCK_SH)
	if err != nil {
		return nil, errors.Join(err, layer.Close())
	}
	return &Batch{pool: p, layer: layer, lock: lock}, nil
}

// Add adds a content that is in memory and returns its digest. Adding what is there
// already succeeds: nil means "the layer has it".
func (b *Batch) Add(content []byte) (verity.Digest, error) {
	if len(content) == 0 {
		return verity.Digest{}, ErrEmpty
	}
	d := verity.Sum(content)
	found, replace, err := b.linkObject(d, int64(len(content)))
	if err == nil && !found {
		found, err = b.create(d, content, replace)
	}
	if err != nil {
		return verity.Digest{}, fmt.Errorf("add object %s: %w", d, err)
	}
	b.count(int64(len(content)), !found)
	return d, nil
}

// memoryMax is how many bytes of a stream are held in memory to see whether it is
// longer. Most files are not, and need no temporary name.
const memoryMax = 64 << 10

// AddFrom adds the content that r yields, however long, and returns its digest and
// length. It holds no more than a buffer of it in memory.
func (b *Batch) AddFrom(r io.Reader) (verity.Digest, int64, error) {
	start := make([]byte, memoryMax)
	n, err := io.ReadFull(r, start)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		d, err := b.Add(start[:n])
		return d, int64(n), err
	case err != nil:
		return verity.Digest{}, 0, fmt.Errorf("add object: %w", err)
	}
	name, d, size, err := b.spool(io.MultiReader(bytes.NewReader(start), r))
	if err != nil {
		return verity.Digest{}, 0, fmt.Errorf("add object: %w", err)
	}
	found, replace, err := b.linkObject(d, size)
	if err == nil && !found {
		found, err = b.settle(name, d, replace)
	} else {
		err = errors.Join(err, b.unlink(name))
	}
	if err != nil {
		return verity.Digest{}, 0, fmt.Errorf("add object %s: %w", d, err)
	}
	b.count(size, !found)
	return d, size, nil
}

// Link adds a content that the pool must have. It returns an error that wraps
// [fs.ErrNotExist] if it has not.
func (b *Batch) Link(d verity.Digest, size int64) error {
	found, replace, err := b.linkObject(d, size)
	switch {
	case err != nil, found:
	case replace:
		err = b.copyObject(d, size)
	default:
		err = os.ErrNotExist
	}
	if err != nil {
		return fmt.Errorf("link object %s: %w", d, err)
	}
	b.count(size, false)
	return nil
}

func (b *Batch) count(size int64, isNew bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats.Files++
	b.stats.Bytes += size
	if isNew {
		b.stats.Objects++
		b.stats.Stored += size
	}
}

// Stats returns what the batch has done so far.
func (b *Batch) Stats() Stats {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stats
}

// Commit makes the layer's objects durable and gives the new ones their names in
// the pool. Nothing may be added afterwards. If it fails the pool has some of them,
// each complete; those that no layer links in the end are collected.
func (b *Batch) Commit() error {
	if err := b.pool.try("syncfs"); err != nil {
		return fmt.Errorf("commit objects: %w", err)
	}
	if err := unix.Syncfs(b.fd()); err != nil {
		return fmt.Errorf("commit objects: syncfs: %w", err)
	}
	for _, f := range b.fresh {
		if err := b.publish(f); err != nil {
			return fmt.Errorf("commit object %s: %w", f.digest, err)
		}
	}
	b.fresh = nil
	return nil
}

// Close ends the batch. Without Commit the pool is as it was; what is in the
// layer's directory is its owner's to remove.
func (b *Batch) Close() error { return errors.Join(b.layer.Close(), b.lock.Close()) }
