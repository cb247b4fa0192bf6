package objectstest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Memory is a store in memory; its zero value is empty. It is also a layer.Store: contents that are
// added directly are visible at once and never collected.
type Memory struct {
	Algorithm verity.Algorithm // 0 for sha256

	lock sync.RWMutex // held for reading while a layer is open

	mu     sync.Mutex
	pool   contents
	layers map[*memoryLayer]bool
	own    *memoryLayer // contents that were added directly
}

type contents map[verity.Digest][]byte

// open opens a content.
func (c contents) open(d verity.Digest) (io.ReadCloser, error) {
	content, ok := c[d]
	if !ok {
		return nil, missing("open", d)
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

func missing(op string, d verity.Digest) error {
	return &fs.PathError{Op: op + " object", Path: d.String(), Err: fs.ErrNotExist}
}

// Content returns a content, and whether the store has it.
func (m *Memory) Content(d verity.Digest) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.pool[d]
	return content, ok
}

// Add adds a content directly.
func (m *Memory) Add(content []byte) (verity.Digest, error) {
	m.mu.Lock()
	if m.own == nil {
		m.own = m.newLayer()
	}
	m.mu.Unlock()
	d, err := m.own.Add(content)
	if err != nil {
		return d, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pool[d] = m.own.contents[d]
	return d, nil
}

// AddFrom adds directly the size bytes that r yields.
func (m *Memory) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	content, err := readAll(r, size)
	if err != nil {
		return verity.Digest{}, err
	}
	return m.Add(content)
}

// readAll returns the size bytes that r yields.
func readAll(r io.Reader, size int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, size+1))
	switch n := int64(len(content)); {
	case err != nil:
		return nil, fmt.Errorf("add object: %w", err)
	case n < size:
		return nil, fmt.Errorf("add object: %d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	case n > size:
		return nil, fmt.Errorf("add object: more than %d bytes", size)
	}
	return content, nil
}

// Open opens an object.
func (m *Memory) Open(d verity.Digest) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pool.open(d)
}

// Stat returns the size of an object and its number of links.
func (m *Memory) Stat(d verity.Digest) (objects.Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.pool[d]
	if !ok {
		return objects.Info{}, missing("stat", d)
	}
	return objects.Info{Size: int64(len(content)), Links: 1 + m.links(d)}, nil
}

// links returns the number of layers that have a content.
func (m *Memory) links(d verity.Digest) (n uint64) {
	for l := range m.layers {
		if _, ok := l.contents[d]; ok {
			n++
		}
	}
	return n
}

// Walk calls fn for every object in the order of digests.
func (m *Memory) Walk(ctx context.Context, fn func(d verity.Digest, info objects.Info) error) error {
	m.mu.Lock()
	digests := slices.SortedFunc(maps.Keys(m.pool), verity.Digest.Compare)
	m.mu.Unlock()
	for _, d := range digests {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := m.Stat(d)
		if err != nil {
			continue // removed during the walk
		}
		if err := fn(d, info); err != nil {
			return err
		}
	}
	return nil
}

// Verify checks whether a caller has changed a slice that Content returned.
func (m *Memory) Verify(ctx context.Context, damaged func(d verity.Digest, err error)) error {
	return m.Walk(ctx, func(d verity.Digest, _ objects.Info) error {
		if content, ok := m.Content(d); ok && d.Algorithm().Sum(content) != d {
			damaged(d, fmt.Errorf("%w %s", objects.ErrDamaged, d))
		}
		return nil
	})
}

// Remove removes an object that no layer has.
func (m *Memory) Remove(d verity.Digest) error {
	if !m.lock.TryLock() {
		return objects.ErrBusy
	}
	defer m.lock.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.pool[d]; !ok {
		return missing("remove", d)
	}
	if m.links(d) > 0 {
		return objects.ErrLinked
	}
	delete(m.pool, d)
	return nil
}

// Collect removes the objects that no layer has.
func (m *Memory) Collect(ctx context.Context, wait bool) (c objects.Collected, err error) {
	if wait {
		m.lock.Lock()
	} else if !m.lock.TryLock() {
		return c, objects.ErrBusy
	}
	defer m.lock.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	for d, content := range m.pool {
		if m.links(d) == 0 {
			delete(m.pool, d)
			c.Objects++
			c.Bytes += int64(len(content))
		}
	}
	return c, ctx.Err()
}
