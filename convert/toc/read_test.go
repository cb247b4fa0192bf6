package toc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// digest is the content sha256 of a file that the tests do not read.
const digest = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// list is a table of contents with these entries.
func list(entries ...string) string {
	return `{"version":1,"entries":[` + strings.Join(entries, ",") + `],"tarSplitDigest":"sha256:00"}`
}

// adopt makes contents up.
func adopt(payload string, size int64) (verity.Digest, []byte, error) {
	if payload != "00/112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" {
		return verity.Digest{}, nil, fmt.Errorf("unexpected payload %q", payload)
	}
	content := []byte(strings.Repeat("x", int(min(size, tree.InlineMax))))
	return verity.Sum(content), content, nil
}

// TestRead reads one entry of each kind.
func TestRead(t *testing.T) {
	in := list(
		`{"type":"dir","name":"d/","mode":493,"uid":1,"gid":2,"modtime":"2020-09-13T12:26:40.123456789+02:00"}`,
		`{"type":"reg","name":"d/f","mode":420,"size":5,"digest":"`+digest+`","offset":7,"endOffset":9,"xattrs":{"user.a":"AAE=","user.none":null}}`,
		`{"type":"chunk","name":"d/f","chunkOffset":3}`,
		`{"type":"reg","name":"large","size":65,"digest":"`+digest+`"}`,
		`{"type":"reg","name":"empty","mode":256}`,
		`{"type":"reg","name":"also empty","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","modtime":null}`,
		`{"type":"hardlink","name":"g","linkName":"d/f","mode":384}`,
		`{"type":"symlink","name":"l","linkName":"d\/f\u00fc","mode":511,"modtime":"1969-12-31T23:59:59.5Z","xattrs":{"trusted.a":"AQ==","user.a":"AQ=="}}`,
		`{"type":"char","name":"c","devMajor":1,"devMinor":3}`,
		`{"type":"block","name":"b","devMajor":8}`,
		`{"type":"fifo","name":"p"}`,
		`{"type":"reg","name":"d/.wh.gone"}`,
		`{"type":"reg","name":"new/.wh..wh..opq","size":5}`,
	)
	tr, err := toc.Read(t.Context(), strings.NewReader(in), adopt, layer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := tr.Lookup("/large"); e.Inode.Digest != verity.Sum([]byte(strings.Repeat("x", 64))) || e.Inode.Payload != tree.ByDigest || e.Inode.Content != "" {
		t.Errorf("large: %+v", e.Inode)
	}
	want := `/? also empty="" b(8,0) c(1,3) d/ d/f="xxxxx" d/gone! empty="" g==d/f l->d/fü large="" new/*? p|`
	if got := new(layertest.Contents).List(withoutDigests(tr)); got != want {
		t.Errorf("has  %s\nwant %s", got, want)
	}
	for path, want := range map[string]string{
		"/d":          "40755 1 2 1599992800.123456789 []",
		"/d/f":        `100600 0 0 0.0 [{user.a ` + "\x00\x01" + `} {user.none }]`,
		"/empty":      "100400 0 0 0.0 []",
		"/also empty": "100000 0 0 0.0 []",
		"/l":          "120777 0 0 -1.500000000 [{trusted.a \x01}]",
	} {
		e, _ := tr.Lookup(path)
		n := e.Inode
		if got := fmt.Sprintf("%o %d %d %d.%d %v", n.Mode, n.UID, n.GID, n.MtimeSec, n.MtimeNsec, n.Xattrs); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// withoutDigests has List show files without a store.
func withoutDigests(tr *tree.Tree) *tree.Tree {
	_ = tr.Walk(func(_ string, e *tree.Entry) error {
		e.Inode.Digest = verity.Digest{}
		return nil
	})
	return tr
}

// TestEmpty reads tables without entries.
func TestEmpty(t *testing.T) {
	for _, in := range []string{`{"version":1,"entries":null}`, `{"entries":[]}`, " {\n\"other\":{\"entries\":[1]},\"entries\":[ ] } \n"} {
		tr, err := toc.Read(t.Context(), strings.NewReader(in), adopt, layer.Options{})
		if err != nil || tr.Root.Dir.Len() != 0 || !tr.Root.Dir.Implied {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// many is a table of contents of n files, an endless one if n is negative.
type many struct {
	n, next int
	rest    string
}

func (m *many) Read(p []byte) (int, error) {
	if m.rest == "" {
		switch {
		case m.next == m.n+1:
			return 0, io.EOF
		case m.next == m.n:
			m.rest = "]}"
		default:
			m.rest = fmt.Sprintf(`{"type":"reg","name":"f%d","size":100,"digest":"%s","modtime":"2020-09-13T12:26:40Z"}`, m.next, digest)
			if m.next == 0 {
				m.rest = `{"entries":[` + m.rest
			}
			if m.next != m.n-1 {
				m.rest += ","
			}
		}
		m.next++
	}
	n := copy(p, m.rest)
	m.rest = m.rest[n:]
	return n, nil
}

// TestMemory checks that a table takes no memory beyond the tree.
func TestMemory(t *testing.T) {
	var calls, peak atomic.Int64
	before := live()
	tr, err := toc.Read(t.Context(), &many{n: 200_000}, func(payload string, size int64) (verity.Digest, []byte, error) {
		if calls.Add(1)%20_000 == 0 {
			peak.Store(max(peak.Load(), live()))
		}
		return adopt(payload, size)
	}, layer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := live() - before // the tree
	const most = 8 << 20
	if beyond := peak.Load() - before - of; beyond > most {
		t.Errorf("%d bytes beyond the tree of %d, more than %d", beyond, of, most)
	}
	if calls.Load() != 200_000 {
		t.Errorf("%d files were adopted", calls.Load())
	}
	runtime.KeepAlive(tr)
}

// live returns the number of bytes in use.
func live() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// TestCanceled checks that the end of the context, or an error of adopt, ends the reading of an
// endless table and all goroutines.
func TestCanceled(t *testing.T) {
	errBroken := errors.New("broken")
	for _, workers := range []int{0, 1, 8} {
		ctx, cancel := context.WithCancel(t.Context())
		var calls atomic.Int64
		_, err := toc.Read(ctx, &many{n: -2}, func(payload string, size int64) (verity.Digest, []byte, error) {
			if calls.Add(1) == 1000 {
				cancel()
			}
			return adopt(payload, size)
		}, layer.Options{Workers: workers})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want %v", err, context.Canceled)
		}
		_, err = toc.Read(t.Context(), &many{n: -2}, func(payload string, size int64) (verity.Digest, []byte, error) {
			if calls.Add(1) == 2000 {
				return verity.Digest{}, nil, errBroken
			}
			return adopt(payload, size)
		}, layer.Options{Workers: workers})
		if !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), `table of contents: entry "f`) {
			t.Errorf("error %v, want %v of an entry", err, errBroken)
		}
	}
}
