package objectstest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func testBeforeCommit(t testing.TB, s Store) {
	l := begin(t, s)
	d := add(t, l, "content")
	expectMissing(t, s, "content")
	if _, err := s.Stat(d); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat: %v, want %v", err, fs.ErrNotExist)
	}
	expectStore(t, s)
	finish(t, l)
	expectStore(t, s, "content")
}

func testAbandoned(t testing.TB, s Store) {
	kept := layerOf(t, s, "known")
	l := begin(t, s)
	add(t, l, "known")
	add(t, l, "new")
	add(t, l, contentOf(1<<20))
	closeLayer(t, l)
	expectStore(t, s, "known")
	removeLayer(t, l)
	collect(t, s, objects.Collected{})
	expectStore(t, s, "known")
	expectContent(t, kept, "known")
}

func testCloseTwice(t testing.TB, s Store) {
	l, other := begin(t, s), begin(t, s)
	add(t, l, "content")
	finish(t, l)
	closeLayer(t, l)
	expectContent(t, l, "content")
	// It must not have ended the other.
	if _, err := s.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Collect: %v, want %v", err, objects.ErrBusy)
	}
	closeLayer(t, other)
	collect(t, s, objects.Collected{})
}

// fill adds contents whose digests are in no order.
func fill(t testing.TB, s Store, n int) {
	t.Helper()
	l := begin(t, s)
	for i := range n {
		add(t, l, fmt.Sprint("content ", i))
	}
	finish(t, l)
}

func testWalkOrder(t testing.TB, s Store) {
	const n = 600 // several share their first byte
	fill(t, s, n)
	var last verity.Digest
	seen := 0
	err := s.Walk(t.Context(), func(d verity.Digest, info objects.Info) error {
		if last.Compare(d) >= 0 {
			t.Errorf("%s comes after %s", d, last)
		}
		if info.Links != 2 || info.Size < 9 || info.Size > 11 {
			t.Errorf("%s: %+v", d, info)
		}
		last = d
		seen++
		return nil
	})
	if err != nil || seen != n {
		t.Errorf("Walk: %d objects, %v, want %d", seen, err, n)
	}
}

func testWalkEnds(t testing.TB, s Store) {
	fill(t, s, 5)
	enough := errors.New("enough")
	seen := 0
	if err := s.Walk(t.Context(), func(verity.Digest, objects.Info) error {
		seen++
		return enough
	}); !errors.Is(err, enough) || seen != 1 {
		t.Errorf("Walk: %v after %d objects, want %v after 1", err, seen, enough)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Walk(ctx, func(verity.Digest, objects.Info) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Walk: %v, want %v", err, context.Canceled)
	}
}

func testMissing(t testing.TB, s Store) {
	d := verity.Sum([]byte("missing"))
	l := begin(t, s)
	add(t, l, "there")
	if err := l.Link(d, 7); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Link: %v, want %v", err, fs.ErrNotExist)
	}
	finish(t, l)
	expectMissing(t, s, "missing")
	expectMissing(t, l, "missing")
	if _, err := s.Stat(d); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat: %v, want %v", err, fs.ErrNotExist)
	}
	if err := s.Remove(d); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Remove: %v, want %v", err, fs.ErrNotExist)
	}
}

func testVerify(t testing.TB, s Store) {
	layerOf(t, s, "small", contentOf(1<<20))
	if err := s.Verify(t.Context(), func(d verity.Digest, err error) {
		t.Errorf("Verify finds %s: %v", d, err)
	}); err != nil {
		t.Errorf("Verify: %v", err)
	}
}

func testRemove(t testing.TB, s Store) {
	l := layerOf(t, s, "removed", "kept")
	removed := verity.Sum([]byte("removed"))
	if err := s.Remove(removed); !errors.Is(err, objects.ErrLinked) {
		t.Errorf("Remove: %v, want %v", err, objects.ErrLinked)
	}
	expectStore(t, s, "kept", "removed")
	removeLayer(t, l)
	if err := s.Remove(removed); err != nil {
		t.Errorf("Remove: %v", err)
	}
	expectStore(t, s, "kept")
	expectContent(t, layerOf(t, s, "removed"), "removed") // again
}

func testCollect(t testing.TB, s Store) {
	kept := layerOf(t, s, "common", "kept")
	removeLayer(t, layerOf(t, s, "common", "gone", "lost"))
	expectStore(t, s, "common", "gone", "kept", "lost") // until it is collected
	collect(t, s, objects.Collected{Objects: 2, Bytes: 8})
	expectStore(t, s, "common", "kept")
	expectMissing(t, s, "gone")
	expectContent(t, kept, "common")
	collect(t, s, objects.Collected{})
	expectContent(t, layerOf(t, s, "gone"), "gone") // again
}

func testBusy(t testing.TB, s Store) {
	removeLayer(t, layerOf(t, s, "garbage"))
	l := begin(t, s)
	if _, err := s.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Collect: %v, want %v", err, objects.ErrBusy)
	}
	if err := s.Remove(verity.Sum([]byte("garbage"))); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Remove: %v, want %v", err, objects.ErrBusy)
	}
	expectStore(t, s, "garbage")
	closeLayer(t, l)
	collect(t, s, objects.Collected{Objects: 1, Bytes: 7})
}

func testCollectWaits(t testing.TB, s Store) {
	removeLayer(t, layerOf(t, s, "revived", "garbage"))
	l := begin(t, s)
	type result struct {
		collected objects.Collected
		err       error
	}
	done := make(chan result, 1)
	go func() {
		c, err := s.Collect(t.Context(), true)
		done <- result{c, err}
	}()
	// Whenever Collect begins, it must not remove an object that the layer takes.
	add(t, l, "revived")
	finish(t, l)
	want := objects.Collected{Objects: 1, Bytes: 7}
	if got := <-done; got.err != nil || got.collected != want {
		t.Errorf("Collect: %+v, %v, want %+v", got.collected, got.err, want)
	}
	expectContent(t, l, "revived")
	expectStore(t, s, "revived")
}
