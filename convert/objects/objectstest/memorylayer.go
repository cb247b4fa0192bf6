package objectstest

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// memoryLayer is a layer of a Memory. The Memory's mutex guards it.
type memoryLayer struct {
	store    *Memory
	contents contents
	closed   bool
}

// Begin begins a layer.
func (m *Memory) Begin() (Layer, error) {
	m.lock.RLock()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.newLayer(), nil
}

func (m *Memory) newLayer() *memoryLayer {
	if m.layers == nil {
		m.pool, m.layers = contents{}, map[*memoryLayer]bool{}
	}
	l := &memoryLayer{store: m, contents: contents{}}
	m.layers[l] = true
	return l
}

func (l *memoryLayer) Add(content []byte) (verity.Digest, error) {
	if len(content) == 0 {
		return verity.Digest{}, objects.ErrEmpty
	}
	d := cmp.Or(l.store.Algorithm, verity.SHA256).Sum(content)
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if known, ok := l.store.pool[d]; ok {
		l.contents[d] = known
	} else {
		l.contents[d] = bytes.Clone(content)
	}
	return d, nil
}

func (l *memoryLayer) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	content, err := readAll(r, size)
	if err != nil {
		return verity.Digest{}, err
	}
	return l.Add(content)
}

func (l *memoryLayer) Link(d verity.Digest, size int64) error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	content, ok := l.store.pool[d]
	if !ok {
		return missing("link", d)
	}
	if int64(len(content)) != size {
		return fmt.Errorf("%w %s: %d bytes, want %d", objects.ErrDamaged, d, len(content), size)
	}
	l.contents[d] = content
	return nil
}

func (l *memoryLayer) Commit() error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	maps.Copy(l.store.pool, l.contents)
	return nil
}

func (l *memoryLayer) Close() error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.store.lock.RUnlock()
	}
	return nil
}

func (l *memoryLayer) Open(d verity.Digest) (io.ReadCloser, error) {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	return l.contents.open(d)
}

func (l *memoryLayer) Remove() error {
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	delete(l.store.layers, l)
	return nil
}
