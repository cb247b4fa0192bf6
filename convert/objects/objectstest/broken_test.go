package objectstest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// broken is a store in memory with a fault: each field, if set, replaces a method.
type broken struct {
	*Memory
	open    func(m *Memory, d verity.Digest) (io.ReadCloser, error)
	walk    func(m *Memory, ctx context.Context, fn func(d verity.Digest, info objects.Info) error) error
	verify  func(m *Memory, damaged func(d verity.Digest, err error)) error
	remove  func(m *Memory, d verity.Digest) error
	collect func(m *Memory, wait bool) (objects.Collected, error)
	layer   brokenLayer
}

type brokenLayer struct {
	*memoryLayer
	add     func(l *memoryLayer, content []byte) (verity.Digest, error)
	addFrom func(l *memoryLayer, r io.Reader, size int64) (verity.Digest, error)
	link    func(l *memoryLayer, d verity.Digest, size int64) error
	commit  func(l *memoryLayer) error
	close   func(l *memoryLayer) error
	open    func(l *memoryLayer, d verity.Digest) (io.ReadCloser, error)
}

func (s broken) Begin() (Layer, error) {
	l, err := s.Memory.Begin()
	s.layer.memoryLayer = l.(*memoryLayer)
	return s.layer, err
}

func (s broken) Open(d verity.Digest) (io.ReadCloser, error) {
	if s.open != nil {
		return s.open(s.Memory, d)
	}
	return s.Memory.Open(d)
}

func (s broken) Walk(ctx context.Context, fn func(d verity.Digest, info objects.Info) error) error {
	if s.walk != nil {
		return s.walk(s.Memory, ctx, fn)
	}
	return s.Memory.Walk(ctx, fn)
}

func (s broken) Verify(ctx context.Context, damaged func(d verity.Digest, err error)) error {
	if s.verify != nil {
		return s.verify(s.Memory, damaged)
	}
	return s.Memory.Verify(ctx, damaged)
}

func (s broken) Remove(d verity.Digest) error {
	if s.remove != nil {
		return s.remove(s.Memory, d)
	}
	return s.Memory.Remove(d)
}

func (s broken) Collect(ctx context.Context, wait bool) (objects.Collected, error) {
	if s.collect != nil {
		return s.collect(s.Memory, wait)
	}
	return s.Memory.Collect(ctx, wait)
}

func (l brokenLayer) Add(content []byte) (verity.Digest, error) {
	if l.add != nil {
		return l.add(l.memoryLayer, content)
	}
	return l.memoryLayer.Add(content)
}

func (l brokenLayer) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if l.addFrom != nil {
		return l.addFrom(l.memoryLayer, r, size)
	}
	return l.memoryLayer.AddFrom(r, size)
}

func (l brokenLayer) Link(d verity.Digest, size int64) error {
	if l.link != nil {
		return l.link(l.memoryLayer, d, size)
	}
	return l.memoryLayer.Link(d, size)
}

func (l brokenLayer) Commit() error {
	if l.commit != nil {
		return l.commit(l.memoryLayer)
	}
	return l.memoryLayer.Commit()
}

func (l brokenLayer) Close() error {
	if l.close != nil {
		return l.close(l.memoryLayer)
	}
	return l.memoryLayer.Close()
}

func (l brokenLayer) Open(d verity.Digest) (io.ReadCloser, error) {
	if l.open != nil {
		return l.open(l.memoryLayer, d)
	}
	return l.memoryLayer.Open(d)
}

// put adds a content to the store at once.
func (m *Memory) put(d verity.Digest, content []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pool[d] = bytes.Clone(content)
}

// brokenStores are faulty stores with the case that detects each.
var brokenStores = []struct {
	name  string
	store broken
	want  string
}{
	{
		"visible before commit",
		broken{layer: brokenLayer{add: func(l *memoryLayer, content []byte) (verity.Digest, error) {
			d, err := l.Add(content)
			if err == nil {
				l.store.put(d, content)
			}
			return d, err
		}}},
		"nothing is visible before commit",
	},
	{
		"commits when closed",
		broken{layer: brokenLayer{close: func(l *memoryLayer) error { return errors.Join(l.Commit(), l.Close()) }}},
		"a layer that is not committed leaves nothing",
	},
	{
		"loses an object",
		broken{layer: brokenLayer{commit: func(l *memoryLayer) error {
			err := l.Commit()
			l.store.mu.Lock()
			defer l.store.mu.Unlock()
			for d := range l.contents {
				delete(l.store.pool, d)
				break
			}
			return err
		}}},
		"every size is given back",
	},
	{
		"returns another digest",
		broken{layer: brokenLayer{addFrom: func(l *memoryLayer, r io.Reader, size int64) (verity.Digest, error) {
			d, err := l.AddFrom(r, size)
			if size > 1<<20 {
				d = verity.Sum([]byte(d.String()))
			}
			return d, err
		}}},
		"every size is given back",
	},
	{
		"has an object for an empty content",
		broken{layer: brokenLayer{add: func(l *memoryLayer, content []byte) (verity.Digest, error) {
			if len(content) == 0 {
				return verity.Sum(nil), nil
			}
			return l.Add(content)
		}}},
		"an empty content has no object",
	},
	{
		"keeps the slice",
		broken{layer: brokenLayer{add: func(l *memoryLayer, content []byte) (verity.Digest, error) {
			d, err := l.Add(content)
			l.store.mu.Lock()
			defer l.store.mu.Unlock()
			if err == nil {
				l.contents[d] = content
			}
			return d, err
		}}},
		"the caller's slice is not kept",
	},
	{
		"believes in the end of a stream",
		broken{layer: brokenLayer{addFrom: func(l *memoryLayer, r io.Reader, size int64) (verity.Digest, error) {
			content, err := io.ReadAll(io.LimitReader(r, size))
			if err != nil {
				return verity.Digest{}, err
			}
			return l.Add(content)
		}}},
		"a stream of another size is refused",
	},
	{
		"takes a break for the end",
		broken{layer: brokenLayer{addFrom: func(l *memoryLayer, r io.Reader, size int64) (verity.Digest, error) {
			content := make([]byte, size)
			if _, err := io.ReadFull(r, content); err != nil {
				return verity.Digest{}, err
			}
			if n, _ := r.Read(make([]byte, 1)); n > 0 {
				return verity.Digest{}, errors.New("too long")
			}
			return l.Add(content)
		}}},
		"a stream that breaks is refused",
	},
	{
		"refuses to add a content twice",
		broken{layer: brokenLayer{add: func(l *memoryLayer, content []byte) (verity.Digest, error) {
			if r, err := l.Open(verity.Sum(content)); err == nil {
				return verity.Digest{}, errors.Join(errors.New("twice"), r.Close())
			}
			return l.Add(content)
		}}},
		"a content twice in a layer is one object",
	},
	{
		"gives a known content to one layer",
		broken{layer: brokenLayer{add: func(l *memoryLayer, content []byte) (verity.Digest, error) {
			d := verity.Sum(content)
			if _, ok := l.store.Content(d); ok {
				return d, nil
			}
			return l.Add(content)
		}}},
		"a content in two layers is one object",
	},
	{
		"does not link",
		broken{layer: brokenLayer{link: func(*memoryLayer, verity.Digest, int64) error { return nil }}},
		"link adds a known content",
	},
	{
		"cannot be closed twice",
		broken{layer: brokenLayer{close: func(l *memoryLayer) error {
			if l.closed {
				return errors.New("closed already")
			}
			return l.Close()
		}}},
		"a layer can be closed twice",
	},
	{
		"forgets the layers before",
		broken{layer: brokenLayer{commit: func(l *memoryLayer) error {
			l.store.mu.Lock()
			clear(l.store.pool)
			l.store.mu.Unlock()
			return l.Commit()
		}}},
		"layers can be added concurrently",
	},
	{
		"walks in no order",
		broken{walk: func(m *Memory, ctx context.Context, fn func(d verity.Digest, info objects.Info) error) error {
			for d := range m.pool {
				info, err := m.Stat(d)
				if err = errors.Join(err, ctx.Err()); err != nil {
					return err
				}
				if err := fn(d, info); err != nil {
					return err
				}
			}
			return ctx.Err()
		}},
		"walk goes in the order of digests",
	},
	{
		"walks on",
		broken{walk: func(m *Memory, ctx context.Context, fn func(d verity.Digest, info objects.Info) error) (err error) {
			return errors.Join(m.Walk(ctx, func(d verity.Digest, info objects.Info) error {
				err = errors.Join(err, fn(d, info))
				return nil
			}), err)
		}},
		"walk ends with the first error",
	},
	{
		"reports a missing object without ErrNotExist",
		broken{open: func(m *Memory, d verity.Digest) (io.ReadCloser, error) {
			r, err := m.Open(d)
			if err != nil {
				err = errors.New("no such object")
			}
			return r, err
		}},
		"missing objects do not exist",
	},
	{
		"finds damage everywhere",
		broken{verify: func(m *Memory, damaged func(d verity.Digest, err error)) error {
			return m.Walk(context.Background(), func(d verity.Digest, _ objects.Info) error {
				damaged(d, objects.ErrDamaged)
				return nil
			})
		}},
		"verify finds a sound store sound",
	},
	{
		"removes what layers have",
		broken{remove: func(m *Memory, d verity.Digest) error {
			err := m.Remove(d)
			if errors.Is(err, objects.ErrLinked) {
				delete(m.pool, d)
				return nil
			}
			return err
		}},
		"remove spares objects of layers",
	},
	{
		"removes while a layer is open",
		broken{remove: func(m *Memory, d verity.Digest) error {
			err := m.Remove(d)
			if errors.Is(err, objects.ErrBusy) {
				delete(m.pool, d)
				return nil
			}
			return err
		}},
		"nothing is removed while a layer is open",
	},
	{
		"never collects",
		broken{collect: func(m *Memory, wait bool) (objects.Collected, error) {
			if !wait && !m.lock.TryLock() {
				return objects.Collected{}, objects.ErrBusy
			}
			if !wait {
				m.lock.Unlock()
			}
			return objects.Collected{}, nil
		}},
		"collect removes objects of no layer",
	},
	{
		"collects what layers have",
		broken{collect: func(m *Memory, wait bool) (objects.Collected, error) {
			c, err := m.Collect(context.Background(), wait)
			if err == nil {
				clear(m.pool)
			}
			return c, err
		}},
		"collect can wait",
	},
}
