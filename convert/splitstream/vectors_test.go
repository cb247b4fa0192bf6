package splitstream_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/splitstream"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// file is a split stream of a repository of composefs-rs.
type file struct {
	repository string
	name       string // oci-layer-sha256:…
	content    []byte
}

// files returns all split streams of the vectors.
func files(t testing.TB) (list []file) {
	t.Helper()
	repositories, err := filepath.Glob(filepath.Join(boottest.Unpack(t), "*.repo"))
	if err != nil || len(repositories) != 4 {
		t.Fatalf("%q, %v", repositories, err)
	}
	for _, repository := range repositories {
		names, err := filepath.Glob(filepath.Join(repository, "streams/oci-*"))
		if err != nil || len(names) != 4 {
			t.Fatalf("%q, %v", names, err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, file{repository, filepath.Base(name), content})
		}
	}
	return list
}

// object opens an object of the repository.
func (f *file) object(digest string) (io.ReadCloser, error) {
	digits := hex.EncodeToString([]byte(digest))
	return os.Open(filepath.Join(f.repository, "objects", digits[:2], digits[2:]))
}

// TestRead reads the streams of composefs-rs. A sequence has the sha256 digest that is in its name.
func TestRead(t *testing.T) {
	kinds := map[string]string{"oci-layer": splitstream.Layer, "oci-config": splitstream.Config, "oci-manifest": splitstream.Manifest}
	for _, f := range files(t) {
		s, err := splitstream.Open(bytes.NewReader(f.content), int64(len(f.content)))
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		kind, want, _ := strings.Cut(f.name, "-sha256:")
		if s.Type != kinds[kind] || (s.Algorithm == verity.SHA512) != strings.Contains(f.repository, "sha512") {
			t.Errorf("%s: type %q, %s", f.name, s.Type, s.Algorithm)
		}
		h := sha256.New()
		if err := s.Copy(h, f.object); err != nil || hex.EncodeToString(h.Sum(nil)) != want {
			t.Errorf("%s: sha256 %x, %v", f.name, h.Sum(nil), err)
		}
		for name, digest := range s.Streams {
			if r, err := f.object(digest); err != nil {
				t.Errorf("%s: %q: %v", f.name, name, err)
			} else {
				_ = r.Close()
			}
		}
	}
}

// TestWrite writes the streams of composefs-rs anew. A reader that is written from the description of the format
// finds the same in both.
func TestWrite(t *testing.T) {
	for _, f := range files(t) {
		written := rewrite(t, f)
		if !bytes.Equal(written, rewrite(t, f)) {
			t.Errorf("%s: another time it is different", f.name)
		}
		if got, want := plainly(t, written), plainly(t, f.content); got != want {
			t.Errorf("%s: has\n%.500s\nwant\n%.500s", f.name, got, want)
		}
	}
}

func rewrite(t *testing.T, f file) []byte {
	t.Helper()
	s, err := splitstream.Open(bytes.NewReader(f.content), int64(len(f.content)))
	if err != nil {
		t.Fatal(err)
	}
	w, err := splitstream.NewWriter(s.Algorithm, s.Type)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Streams)) {
		if err := w.AddStream(name, s.Streams[name]); err != nil {
			t.Fatal(err)
		}
	}
	err = s.Chunks(func(c splitstream.Chunk) error {
		if c.Inline != nil {
			_, err := w.Write(c.Inline)
			return err
		}
		r, err := f.object(c.Object)
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, r)
		return errors.Join(err, r.Close(), w.AddObject(c.Object, uint64(n)))
	})
	b, err2 := w.Close()
	if err := errors.Join(err, err2); err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	return b
}

// plainly describes a split stream. It is written from the description of the format, and shares nothing
// with the package.
func plainly(t *testing.T, b []byte) string {
	t.Helper()
	number := func(at uint64) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	part := func(at uint64) []byte { return b[number(at):number(at+8)] }
	unpacked := func(b []byte) []byte {
		z, err := zstd.NewReader(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		text, err := z.DecodeAll(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	at := number(16)
	digest := map[byte]int{1: 32, 2: 64}[b[14]]
	described := fmt.Sprintf("%q block %d type %q size %d\n", b[:14], b[15], b[at+64:at+72], number(at+72))
	streams, objects := part(at), part(at+16)
	for name := range strings.SplitSeq(string(unpacked(part(at+48))), "\x00") {
		if index, name, ok := strings.Cut(name, ":"); ok {
			var n int
			_, _ = fmt.Sscan(index, &n)
			described += fmt.Sprintf("%s %x\n", name, streams[n*digest:(n+1)*digest])
		}
	}
	var inline []byte
	for sequence := unpacked(part(at + 32)); len(sequence) > 0; {
		n := int64(binary.LittleEndian.Uint64(sequence))
		sequence = sequence[8:]
		if n < 0 {
			inline, sequence = append(inline, sequence[:-n]...), sequence[-n:]
			continue
		}
		described += fmt.Sprintf("%q\nobject %x\n", inline, objects[n*int64(digest):(n+1)*int64(digest)])
		inline = nil
	}
	return described + fmt.Sprintf("%q\n", inline)
}

// FuzzOpen reads damaged streams. There is no panic, and errors wrap ErrFormat.
func FuzzOpen(f *testing.F) {
	for _, v := range files(f) {
		f.Add(v.content)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := splitstream.Open(bytes.NewReader(b), int64(len(b)))
		if err == nil {
			err = s.Copy(&limited{}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil })
		}
		if err != nil && !errors.Is(err, splitstream.ErrFormat) && !errors.Is(err, errLimit) {
			t.Error(err)
		}
	})
}

var errLimit = errors.New("enough")

// limited is a writer of at most 1 MiB.
type limited struct{ n int }

func (l *limited) Write(b []byte) (int, error) {
	if l.n += len(b); l.n > 1<<20 {
		return 0, errLimit
	}
	return len(b), nil
}
