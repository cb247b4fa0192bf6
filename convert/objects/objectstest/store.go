// Package objectstest is what every store of objects must pass, and a store in
// memory. A store joins with an adapter of a few lines:
//
//	func TestStore(t *testing.T) {
//		objectstest.Test(t, func(t *testing.T) objectstest.Store { return newStore(t.TempDir()) })
//	}
//
// A new case goes into the table in suite.go, with a broken store in broken_test.go
// that only it finds out.
package objectstest

import (
	"context"
	"io"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Store is what [objects.Pool] promises, leaving directories aside. Its methods may
// be called concurrently.
type Store interface {
	// Begin begins a layer. Until that is closed nothing is collected or removed.
	Begin() (Layer, error)

	// Open and Stat return an error that wraps fs.ErrNotExist for what the store
	// does not have.
	Open(d verity.Digest) (io.ReadCloser, error)
	Stat(d verity.Digest) (objects.Info, error)

	// Walk calls fn for every object in the order of digests, until fn returns an
	// error, which Walk returns.
	Walk(ctx context.Context, fn func(d verity.Digest, info objects.Info) error) error

	// Verify calls damaged for every object whose content has another digest.
	Verify(ctx context.Context, damaged func(d verity.Digest, err error)) error

	// Remove removes an object. It returns objects.ErrLinked if a layer has it,
	// objects.ErrBusy if a layer is not closed, or fs.ErrNotExist.
	Remove(d verity.Digest) error

	// Collect removes the objects that no layer has. If a layer is not closed it
	// waits, or returns objects.ErrBusy.
	Collect(ctx context.Context, wait bool) (objects.Collected, error)
}

// Layer is what a layer's [objects.Batch] promises, and afterwards its directory.
// The adding methods may be called concurrently, and make it a layer.Store.
type Layer interface {
	Add(content []byte) (verity.Digest, error)
	AddFrom(r io.Reader, size int64) (verity.Digest, error)
	Link(d verity.Digest, size int64) error

	// Commit makes the layer's contents visible in the store.
	Commit() error

	// Close ends the adding. Closing again does nothing.
	Close() error

	// Open opens a content of the layer, which was committed and closed.
	Open(d verity.Digest) (io.ReadCloser, error)

	// Remove removes the layer, which was closed.
	Remove() error
}

// Test runs the suite. Each case has a store of its own from newStore, which is
// empty and not shared.
func Test(t *testing.T, newStore func(t *testing.T) Store) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, newStore(t)) })
	}
}
