package blob_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"testing"

	strict "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// most is how long a tar the fuzz targets read: few bytes decompress to many.
const most = 1 << 20

var errLong = errors.New("the tar is too long for a test")

// tarOf returns the tar in a blob, by other decompressors. It may be cut if it is
// longer than most.
func tarOf(b []byte) ([]byte, error) {
	r := io.Reader(bytes.NewReader(b))
	switch {
	case bytes.HasPrefix(b, []byte("\x1f\x8b\x08")):
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	case bytes.HasPrefix(b, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(2*most))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		plain, err := z.DecodeAll(b, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) { // limits of this judge
			return nil, errLong
		}
		return plain, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, most+1))
	if len(plain) > most {
		return plain, errLong
	}
	return plain, err
}

// FuzzRead reads damaged blobs, of which each has the digest that is asked for. Nothing
// may panic, hang or take memory without bounds. A blob that is read without an error
// must be the tar that others decompress, and that its tar-split makes again for a push. Read refuses
// blobs that others cannot decompress, and returns that error for no other blob.
func FuzzRead(f *testing.F) {
	small := smallTar(f)
	for _, b := range [][]byte{
		nil, small, small[:700], gzipped(f, 1, small), gzipped(f, 3, small), zstded(f, 1, small), zstded(f, 3, small), streamed(f, small),
		append([]byte("\xfd7zXZ\x00"), small...), append([]byte("BZh9"), small...), gzipped(f, 1, []byte("no tar")),
	} {
		f.Add(b, uint16(0))
		f.Add(append(bytes.Clone(b), "garbage"...), uint16(1))
		f.Add(b[:len(b)*2/3], uint16(100))
	}
	for _, odd := range rawPayloads() {
		f.Add(odd.tar, uint16(0))
		f.Add(gzipped(f, 1, odd.tar), uint16(0))
		f.Add(odd.tar[:len(odd.tar)-1500], uint16(0))
	}
	reserved := gzipped(f, 1, small)
	reserved[3] |= 0x40
	f.Add(reserved, uint16(0))
	f.Add(append(gzipped(f, 1, small), "\x1f\x8b\x08\x08\x00\x00\x00\x00\x04\xffname"...), uint16(0))
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		if len(b) > most {
			return
		}
		want, wrong := tarOf(b)
		if errors.Is(wrong, errLong) {
			return
		}
		var err error
		const window, constant = 128 << 20, 64 << 20
		if used := layertest.Allocated(func() { err = readLimited(t, b, int(cut), want) }); used > 2*window+constant {
			t.Errorf("%d bytes allocated for a blob of %d", used, len(b))
		}
		switch {
		case errors.Is(err, blob.ErrFormat), errors.Is(err, blob.ErrPayload), errors.Is(err, errLong):
		case err == nil && endsInHeader(b):
		case err == nil && wrong != nil:
			t.Errorf("it is read, and others say: %v", wrong)
		case errors.Is(err, strict.ErrHeader): // RFC 1952 has reserved bits be 0, compress/gzip does not look
		case wrong == nil && errors.Is(err, blob.ErrDecompress):
			t.Errorf("others decompress it to %d bytes: %v", len(want), err)
		case errors.Is(err, blob.ErrDigest), errors.Is(err, blob.ErrRequest):
			t.Error(err)
		}
	})
}

// endsInHeader reports whether b is gzip members and the beginning of one that ends in a
// name or comment. The decompressor takes that for the end, unlike compress/gzip. What
// counts is the diffID of the tar before it.
func endsInHeader(b []byte) bool {
	z, err := strict.NewReader(bytes.NewReader(b))
	if err != nil {
		return false
	}
	if _, err = io.Copy(io.Discard, z); err != nil {
		return false
	}
	at := bytes.LastIndex(b, []byte("\x1f\x8b\x08"))
	return at > 0 && len(b) > at+10 && b[at+3]&(1<<3|1<<4) != 0
}

// readLimited reads a blob and checks the result if there is no error. If cut is not 0, every other
// request returns that many bytes and an error.
func readLimited(t *testing.T, b []byte, cut int, want []byte) error {
	var split bytes.Buffer
	s := &server{blob: b, short: func(request int) int {
		if cut == 0 || request%2 == 0 {
			return -1
		}
		return cut
	}}
	src := blob.Source{Fetch: s.fetch, Size: int64(len(b))}
	sum, err := blob.Read(context.Background(), src, digest.FromBytes(b), &split, func(e layer.Entries) error {
		_, err := layer.ReadEntries(context.Background(), limited{e}, nowhere{}, layer.Options{Workers: 1})
		return err
	})
	if err != nil {
		return err
	}
	if sum.DiffID != digest.FromBytes(want) || sum.Size != int64(len(want)) {
		t.Errorf("%+v is read, and not the %d bytes of the tar", sum, len(want))
	}
	made, err := remake(t, &split, want)
	if err != nil || !bytes.Equal(made, want) {
		t.Errorf("tar-split gives %d bytes, %v, and not the %d of the tar", len(made), err, len(want))
	}
	return nil
}

// limited are entries of which only the first ones are read.
type limited struct{ layer.Entries }

func (l limited) Next() (*tar.Header, error) {
	if l.Offset() > most {
		return nil, errLong
	}
	return l.Entries.Next()
}

func (l limited) Read(p []byte) (int, error) {
	if l.Offset() > most {
		return 0, errLong
	}
	return l.Entries.Read(p)
}

// nowhere is a store that returns digests and keeps nothing.
type nowhere struct{}

func (nowhere) Add(content []byte) (verity.Digest, error) { return verity.Sum(content), nil }

func (nowhere) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if size > most {
		return verity.Digest{}, errLong
	}
	h := verity.New()
	_, err := io.Copy(h, r)
	return h.Digest(), err
}

// FuzzLayout reads a tar with a damaged tar-split and the digests of its contents. Nothing may panic,
// and errors wrap ErrLayout. If there is no error the description is right to the byte: the tar-split
// makes the tar again, and each content has its digest.
func FuzzLayout(f *testing.F) {
	plain := smallTar(f)
	truth := describe(f, plain)
	f.Add(plain, truth.split, uint8(0))
	f.Add(plain, truth.split, uint8(3))
	f.Add(plain, bytes.Replace(truth.split, []byte(`"size":3`), []byte(`"size":-3`), 1), uint8(0))
	f.Add(plain, bytes.Replace(truth.split, []byte(`"size":3`), []byte(`"size":9000000000000000000`), 1), uint8(0))
	f.Add(plain, append(bytes.Clone(truth.split), truth.split...), uint8(0))
	f.Add(append(bytes.Clone(plain), 0), truth.split, uint8(0))
	f.Add([]byte{}, []byte{}, uint8(0))
	for _, odd := range rawPayloads() {
		f.Add(odd.tar, splitOf(f, odd.tar), uint8(0))
		f.Add(odd.tar, describe(f, odd.tar).split, uint8(0)) // which does not make the tar again
	}
	f.Fuzz(func(t *testing.T, plain, split []byte, other uint8) {
		if len(plain) > most || len(split) > most || bytes.HasPrefix(plain, []byte("\x1f\x8b")) {
			return
		}
		contents, err := contentsOf(plain)
		if err != nil {
			return
		}
		if other > 0 && len(contents) > 0 { // one content has the digest of another
			for name := range contents {
				contents[name] = digest.FromString("another")
				break
			}
		}
		var got map[string]digest.Digest
		const factor, constant = 64, 16 << 20
		if used := layertest.Allocated(func() { _, got, err = readKnown(plain, known{split, contents}) }); used > uint64(factor*(len(plain)+len(split))+constant) {
			t.Errorf("%d bytes allocated for a tar of %d and a tar-split of %d", used, len(plain), len(split))
		}
		if err != nil {
			if !errors.Is(err, blob.ErrLayout) && !errors.Is(err, blob.ErrFormat) && !errors.Is(err, blob.ErrDecompress) && !isTarError(err) {
				t.Errorf("error %v is of no kind", err)
			}
			return
		}
		if other > 0 && len(contents) > 0 || !maps.Equal(got, contents) {
			t.Errorf("contents %v, %v were said", got, contents)
		}
		checkKnown(t, split, plain)
	})
}

// isTarError reports whether it is the converter of readKnown that failed.
func isTarError(err error) bool {
	return errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, tar.ErrInsecurePath)
}

// contentsOf returns the digests of the contents of a tar whose names are all different.
func contentsOf(plain []byte) (map[string]digest.Digest, error) {
	contents := map[string]digest.Digest{}
	for r := tar.NewReader(bytes.NewReader(plain)); ; {
		hdr, err := r.Next()
		if err != nil {
			return contents, ignoreEOF(err)
		}
		content, err := io.ReadAll(io.LimitReader(r, most))
		if err != nil {
			return nil, err
		}
		if hdr.Size == 0 || !fileOf(hdr) {
			continue
		}
		if contents[hdr.Name] != "" || hdr.Size != int64(len(content)) {
			return nil, errors.New("a name is there twice, or a file is sparse")
		}
		contents[hdr.Name] = digest.FromBytes(content)
	}
}

// checkKnown puts a tar together again as a push does, from its stated tar-split.
func checkKnown(t *testing.T, split, want []byte) {
	t.Helper()
	var lines bytes.Buffer // without duplicates of names, of which JSONUnpacker thinks otherwise
	for d := json.NewDecoder(bytes.NewReader(split)); ; {
		var e storage.Entry
		if d.Decode(&e) != nil {
			break
		}
		if err := json.NewEncoder(&lines).Encode(&e); err != nil {
			t.Fatal(err)
		}
	}
	got, err := remake(t, &lines, want)
	if err != nil && !errors.Is(err, storage.ErrDuplicatePath) || err == nil && !bytes.Equal(got, want) {
		t.Errorf("the tar-split that was taken gives %d bytes, %v, and not the %d of the tar", len(got), err, len(want))
	}
}

// smallTar returns a tar of few small files.
func smallTar(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"a", "b", "dir/c"} {
		add(t, w, name, []byte("content of "+name))
	}
	add(t, w, "d", []byte("ddd"))
	add(t, w, "empty", nil)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
