package layer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

const (
	small = 100 << 10 // bytes, one chunk
	large = 1 << 30   // bytes, more than all chunks together

	// ahead limits the bytes that are read after an error: the free chunks and the buffer,
	// generously.
	ahead = 32 << 20
)

var errBroken = errors.New("broken")

// TestStoreFails checks that the error of a store names the entry and ends the reading.
func TestStoreFails(t *testing.T) {
	check := checkGoroutines(t)
	refuse := func(content []byte) error {
		if bytes.HasPrefix(content, []byte("f70\x00")) {
			return errBroken
		}
		return nil
	}
	whole := store{add: refuse}
	early := store{addFrom: func(io.Reader, int64) error { return errBroken }}
	late := store{addFrom: func(r io.Reader, _ int64) error {
		_, err := io.CopyN(io.Discard, r, 20<<20)
		return errors.Join(err, errBroken)
	}}
	for _, c := range []struct {
		name  string
		store store
		in    *stream
		entry string
		from  int64 // where in the tar it fails
	}{
		{"a small file", whole, &stream{files: 100_000, size: small}, "f70", 71 * (small + 512)},
		{"a large file at once", early, &stream{files: 100, size: large}, "f0", 0},
		{"a large file midway", late, &stream{files: 100, size: large}, "f0", 20 << 20},
	} {
		for _, workers := range []int{1, 2, 8} {
			in := &stream{files: c.in.files, size: c.in.size}
			_, err := layer.Read(t.Context(), in, c.store, layer.Options{Workers: workers})
			if !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), fmt.Sprintf("entry %q: ", c.entry)) {
				t.Errorf("%s, %d workers: error %v, want %v of %s", c.name, workers, err, errBroken, c.entry)
			}
			if n := in.read.Load(); n > c.from+ahead {
				t.Errorf("%s, %d workers: %d bytes have been read", c.name, workers, n)
			}
		}
	}
	check()
}

// TestCanceled checks that the end of the context ends all work with an error.
func TestCanceled(t *testing.T) {
	check := checkGoroutines(t)
	after := func(cancel func()) store { // cancels with the first content
		return store{
			add: func([]byte) error { cancel(); return nil },
			addFrom: func(r io.Reader, _ int64) error {
				_, err := io.CopyN(io.Discard, r, 1<<20)
				cancel()
				_, rest := io.Copy(io.Discard, r)
				return errors.Join(err, rest)
			},
		}
	}
	skipped := layertest.Tar(layertest.File("a", "a"), layertest.File(".wh.b", strings.Repeat("b", 1<<20)))
	for name, in := range map[string]io.Reader{
		"small files":          &stream{files: 100_000, size: small},
		"a large file":         &stream{files: 1, size: large},
		"in the skipped part":  io.MultiReader(bytes.NewReader(skipped[:4096]), zeros{}),
		"after the end marker": io.MultiReader(bytes.NewReader(layertest.Tar(layertest.File("f", "f"))), zeros{}),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := layer.Read(ctx, in, after(cancel), layer.Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want %v", name, err, context.Canceled)
		}
		if s, ok := in.(*stream); ok && s.read.Load() > ahead {
			t.Errorf("%s: %d bytes have been read", name, s.read.Load())
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := layer.Read(ctx, &stream{files: math.MaxInt}, store{}, layer.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("empty files: error %v, want %v", err, context.Canceled)
	}
	check()
}

// TestReaderFails checks that the error of a reader is returned with the name of the entry, at any
// place.
func TestReaderFails(t *testing.T) {
	check := checkGoroutines(t)
	b := layertest.Tar(layertest.File("small", "content"), layertest.File("large", strings.Repeat("x", 3<<20)), layertest.Dir("last"))
	end := 512*5 + len("…")
	for _, c := range []struct {
		at   int
		want string
	}{
		{0, "the first entry: "},
		{100, "the first entry: "},
		{512 * 3, `entry "small": `},
		{512*3 + 3, `entry "small": `},
		{512 * 4, `after entry "small": `},
		{end, `after entry "small": `},
		{1 << 20, `entry "large": `},
		{len(b) - 100, `after entry "last": `},
		{len(b), `after the end of the tar: `},
	} {
		for _, cause := range []error{errBroken, fmt.Errorf("%w: %w", errBroken, io.EOF), fmt.Errorf("%w: %w", errBroken, io.ErrUnexpectedEOF)} {
			in := io.MultiReader(bytes.NewReader(b[:c.at]), &failOnce{cause})
			_, err := layer.Read(t.Context(), in, store{}, layer.Options{})
			if !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v at byte %d: error %v, want one that begins with %q", cause, c.at, err, c.want)
			}
		}
	}
	check()
}

// failOnce fails once and then returns io.EOF.
type failOnce struct{ err error }

func (f *failOnce) Read([]byte) (int, error) {
	err := f.err
	f.err = io.EOF
	return 0, err
}

// TestReadsToTheEnd checks that a tee sees every byte, in pieces of any size.
func TestReadsToTheEnd(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	b := append(layertest.Tar(layertest.File("f", "f")), strings.Repeat("garbage", 1_000_000)...)
	for name, r := range map[string]io.Reader{
		"whole": bytes.NewReader(b), "halves": iotest.HalfReader(bytes.NewReader(b)), "data with EOF": iotest.DataErrReader(bytes.NewReader(b)),
	} {
		var heard bytes.Buffer
		if _, err := layer.Read(t.Context(), io.TeeReader(r, &heard), store{}, layer.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(heard.Bytes(), b) {
			t.Errorf("%s: %d bytes read of %d", name, heard.Len(), len(b))
		}
	}
}
