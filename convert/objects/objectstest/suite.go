package objectstest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// cases are the suite. Each gets an empty store.
var cases = []struct {
	name string
	run  func(t testing.TB, s Store)
}{
	{"every size is given back", testSizes},
	{"an empty content has no object", testEmpty},
	{"the caller's slice is not kept", testSliceNotKept},
	{"a stream of another size is refused", testWrongSize},
	{"a stream that breaks is refused", testBrokenStream},
	{"a content twice in a layer is one object", testTwiceInLayer},
	{"a content in two layers is one object", testTwoLayers},
	{"link adds a known content", testLink},
	{"nothing is visible before commit", testBeforeCommit},
	{"a layer that is not committed leaves nothing", testAbandoned},
	{"a layer can be closed twice", testCloseTwice},
	{"layers can be added concurrently", testConcurrent},
	{"walk goes in the order of digests", testWalkOrder},
	{"walk ends with the first error", testWalkEnds},
	{"missing objects do not exist", testMissing},
	{"verify finds a sound store sound", testVerify},
	{"remove spares objects of layers", testRemove},
	{"collect removes objects of no layer", testCollect},
	{"nothing is removed while a layer is open", testBusy},
	{"collect can wait", testCollectWaits},
}

// begin begins a layer.
func begin(t testing.TB, s Store) Layer {
	t.Helper()
	l, err := s.Begin()
	if err != nil {
		t.Fatalf("Begin: %v", err)
	}
	return l
}

// add adds a content, whose digest must be right.
func add(t testing.TB, l Layer, content string) verity.Digest {
	t.Helper()
	d, err := l.Add([]byte(content))
	if want := verity.Sum([]byte(content)); err != nil || d != want {
		t.Fatalf("Add %d bytes: %s, %v, want %s", len(content), d, err, want)
	}
	return d
}

// finish commits and closes a layer.
func finish(t testing.TB, l Layer) {
	t.Helper()
	if err := l.Commit(); err != nil {
		t.Fatalf("Commit: %v", err)
	}
	closeLayer(t, l)
}

func closeLayer(t testing.TB, l Layer) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
}

func removeLayer(t testing.TB, l Layer) {
	t.Helper()
	if err := l.Remove(); err != nil {
		t.Fatalf("remove layer: %v", err)
	}
}

// layerOf makes a layer of some contents.
func layerOf(t testing.TB, s Store, contents ...string) Layer {
	t.Helper()
	l := begin(t, s)
	for _, content := range contents {
		add(t, l, content)
	}
	finish(t, l)
	return l
}

// collect collects, and compares the numbers of objects and bytes.
func collect(t testing.TB, s Store, want objects.Collected) {
	t.Helper()
	if got, err := s.Collect(t.Context(), false); err != nil || got != want {
		t.Errorf("Collect: %+v, %v, want %+v", got, err, want)
	}
}

// opener is a store or a layer.
type opener interface {
	Open(d verity.Digest) (io.ReadCloser, error)
}

// expectContent expects that a store or layer returns a content.
func expectContent(t testing.TB, in opener, want string) {
	t.Helper()
	d := verity.Sum([]byte(want))
	r, err := in.Open(d)
	if err != nil {
		t.Errorf("Open: %v", err)
		return
	}
	got, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, []byte(want)) {
		t.Errorf("object %s: %d bytes (%v), not the %d that were added", d, len(got), err, len(want))
	}
}

// expectMissing expects that a store or layer lacks a content.
func expectMissing(t testing.TB, in opener, content string) {
	t.Helper()
	if r, err := in.Open(verity.Sum([]byte(content))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing content of %d bytes: %v, want %v", len(content), err, fs.ErrNotExist)
		if err == nil {
			_ = r.Close()
		}
	}
}

// expectLinks expects the number of layers that have an object of the store.
func expectLinks(t testing.TB, s Store, content string, layers int) {
	t.Helper()
	want := objects.Info{Size: int64(len(content)), Links: 1 + uint64(layers)}
	if got, err := s.Stat(verity.Sum([]byte(content))); err != nil || got != want {
		t.Errorf("Stat: %+v, %v, want %+v", got, err, want)
	}
}

// expectStore expects that the store has these contents and no others.
func expectStore(t testing.TB, s Store, contents ...string) {
	t.Helper()
	var got, want []string
	if err := s.Walk(t.Context(), func(d verity.Digest, _ objects.Info) error {
		got = append(got, d.String())
		return nil
	}); err != nil {
		t.Errorf("Walk: %v", err)
	}
	for _, content := range contents {
		want = append(want, verity.Sum([]byte(content)).String())
		expectContent(t, s, content)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the store has %q, want %q", got, want)
	}
}
