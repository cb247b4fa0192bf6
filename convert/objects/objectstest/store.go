// Package objectstest has a test suite for stores of objects, and a store in memory. A store joins
// the suite with an adapter of a few lines:
//
//	func TestStore(t *testing.T) {
//		objectstest.Test(t, func(t *testing.T) objectstest.Store { return newStore(t.TempDir()) })
//	}
//
// A new case goes into the table in suite.go, together with a broken store in broken_test.go that
// only this case detects.
package objectstest

import (
	"context"
	"io"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Store is the contract of [objects.Pool] without directories. Its methods may be called
// concurrently.
type Store interface {
	// Begin begins a layer. Nothing is collected or removed until the layer is closed.
	Begin() (Layer, error)

	// Open and Stat return an error that wraps fs.ErrNotExist for a missing object.
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

// Layer is the contract of a layer's [objects.Batch], and of the layer's directory afterwards. Its
// adding methods may be called concurrently, and make it a layer.Store.
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

// Test runs the suite. newStore returns a new empty store for each case.
func Test(t *testing.T, newStore func(t *testing.T) Store) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, newStore(t)) })
	}
}
