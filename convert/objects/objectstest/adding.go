package objectstest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// sizes are around the limits of inline content, blocks, and the buffers of stores.
var sizes = []int{
	1, 63, 64, 65, verity.BlockSize - 1, verity.BlockSize, verity.BlockSize + 1,
	128<<10 - 1, 128 << 10, 128<<10 + 1, 1<<20 - 1, 1 << 20, 1<<20 + 1,
}

// contentOf returns a content of a size. A long one contains zeros.
func contentOf(size int) string {
	content := []byte(strings.Repeat(fmt.Sprintf("%d bytes.", size), size/8+1))
	for i := 20_000; i < size; i++ {
		if i/10_000%3 == 0 {
			content[i] = 0
		}
	}
	return string(content[:size])
}

// readers are ways to read a content: in pieces, and at the reader's own pace.
var readers = map[string]func(content string) io.Reader{
	"reader":    func(content string) io.Reader { return iotest.HalfReader(strings.NewReader(content)) },
	"writer to": func(content string) io.Reader { return strings.NewReader(content) },
}

func testSizes(t testing.TB, s Store) {
	l, all := begin(t, s), []string{}
	for _, size := range sizes {
		all = append(all, contentOf(size))
		add(t, l, contentOf(size))
		for name, reader := range readers {
			content := name + contentOf(size)[:max(0, size-len(name))]
			d, err := l.AddFrom(reader(content), int64(len(content)))
			if want := verity.Sum([]byte(content)); err != nil || d != want {
				t.Errorf("AddFrom %d bytes of a %s: %s, %v, want %s", len(content), name, d, err, want)
			}
			all = append(all, content)
		}
	}
	finish(t, l)
	slices.Sort(all)
	all = slices.Compact(all)
	for _, content := range all {
		expectContent(t, l, content)
		expectLinks(t, s, content, 1)
	}
	expectStore(t, s, all...)
}

func testEmpty(t testing.TB, s Store) {
	l := begin(t, s)
	if _, err := l.Add(nil); !errors.Is(err, objects.ErrEmpty) {
		t.Errorf("Add: %v, want %v", err, objects.ErrEmpty)
	}
	if _, err := l.AddFrom(strings.NewReader(""), 0); !errors.Is(err, objects.ErrEmpty) {
		t.Errorf("AddFrom: %v, want %v", err, objects.ErrEmpty)
	}
	finish(t, l)
	expectStore(t, s)
}

func testSliceNotKept(t testing.TB, s Store) {
	l, content := begin(t, s), []byte("content")
	if _, err := l.Add(content); err != nil {
		t.Fatal(err)
	}
	content[0] = 'C'
	finish(t, l)
	expectContent(t, l, "content")
	expectStore(t, s, "content")
}

func testWrongSize(t testing.TB, s Store) {
	l := begin(t, s)
	for _, size := range sizes {
		for name, reader := range readers {
			if _, err := l.AddFrom(reader(contentOf(size+1)), int64(size)); err == nil {
				t.Errorf("AddFrom a %s of a byte more than %d: no error", name, size)
			}
			if _, err := l.AddFrom(reader(contentOf(size)), int64(size+1)); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("AddFrom a %s of %d bytes instead of one more: %v, want %v", name, size, err, io.ErrUnexpectedEOF)
			}
		}
	}
	add(t, l, "the layer goes on")
	finish(t, l)
	expectStore(t, s, "the layer goes on")
}

func testBrokenStream(t testing.TB, s Store) {
	broken := errors.New("broken")
	l := begin(t, s)
	for _, size := range sizes {
		for name, reader := range readers {
			for _, end := range []int{size / 2, size} { // at the end too, which a store cannot recognise
				r := io.MultiReader(reader(contentOf(size)[:end]), iotest.ErrReader(broken))
				if _, err := l.AddFrom(r, int64(size)); !errors.Is(err, broken) {
					t.Errorf("AddFrom a %s that breaks after %d bytes of %d: %v", name, end, size, err)
				}
			}
		}
	}
	add(t, l, "the layer goes on")
	finish(t, l)
	expectStore(t, s, "the layer goes on")
}

func testTwiceInLayer(t testing.TB, s Store) {
	for range 2 { // new, then known
		removeLayer(t, layerOf(t, s, "twice", "twice"))
	}
	l := layerOf(t, s, "twice", "twice")
	expectContent(t, l, "twice")
	expectLinks(t, s, "twice", 1)
	expectStore(t, s, "twice")
}

func testTwoLayers(t testing.TB, s Store) {
	l, m := begin(t, s), begin(t, s) // both at once: neither sees the other's
	add(t, l, "common")
	add(t, m, "common")
	finish(t, l)
	finish(t, m)
	n := layerOf(t, s, "common", "own")
	for _, layer := range []Layer{l, m, n} {
		expectContent(t, layer, "common")
	}
	expectStore(t, s, "common", "own")
	expectLinks(t, s, "common", 3)
	removeLayer(t, l)
	expectLinks(t, s, "common", 2)
	expectContent(t, m, "common")
}

func testLink(t testing.TB, s Store) {
	removeLayer(t, layerOf(t, s, "known"))
	l := begin(t, s)
	if err := l.Link(verity.Sum([]byte("known")), 5); err != nil {
		t.Errorf("Link: %v", err)
	}
	finish(t, l)
	expectContent(t, l, "known")
	expectLinks(t, s, "known", 1)
}

func testConcurrent(t testing.TB, s Store) {
	const layers, workers, files = 4, 2, 30
	made := make([]Layer, layers)
	var all sync.WaitGroup
	for i := range made {
		made[i] = begin(t, s)
		var adding sync.WaitGroup
		for range workers {
			adding.Add(1)
			go func() {
				defer adding.Done()
				for n := i * files / 2; n < i*files/2+files; n++ { // half of the next layer's
					if _, err := made[i].Add([]byte(contentOf(100 + n))); err != nil {
						t.Errorf("Add: %v", err)
					}
				}
			}()
		}
		all.Add(1)
		go func() {
			defer all.Done()
			adding.Wait()
			if err := errors.Join(made[i].Commit(), made[i].Close()); err != nil {
				t.Errorf("Commit and Close: %v", err)
			}
		}()
	}
	all.Wait()
	var contents []string
	for n := range (layers + 1) * files / 2 {
		contents = append(contents, contentOf(100+n))
	}
	expectStore(t, s, contents...)
	for i, l := range made {
		for _, content := range contents[i*files/2:][:files] {
			expectContent(t, l, content)
		}
	}
	expectLinks(t, s, contents[files/2], 2)
}
