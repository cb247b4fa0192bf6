package blob_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/containers/storage/pkg/archive"
	"github.com/klauspost/compress/zstd"
	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// size is more than two parts.
const size = 150 << 10

// layerTar returns a tar with a large file that does not compress, small ones, and more
// padding than it needs.
func layerTar(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	large := make([]byte, size)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(large)
	for name, content := range map[string][]byte{"large": large} {
		add(t, w, name, content)
	}
	for i := range 100 {
		add(t, w, fmt.Sprintf("small/%d", i), bytes.Repeat([]byte{byte(i)}, i*100))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b.Write(make([]byte, 5000))
	return b.Bytes()
}

func add(t testing.TB, w *tar.Writer, name string, content []byte) {
	t.Helper()
	err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o644})
	if err == nil {
		_, err = w.Write(content)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// gzipped returns gzip members, each with a part of b.
func gzipped(t testing.TB, members int, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	for i := range members {
		w, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
		_, err := w.Write(b[len(b)*i/members : len(b)*(i+1)/members])
		if err = errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// zstded returns zstd frames, each with a part of b.
func zstded(t testing.TB, frames int, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // nothing is written
	var out []byte
	for i := range frames {
		out = w.EncodeAll(b[len(b)*i/frames:len(b)*(i+1)/frames], out)
	}
	return out
}

// streamed returns a zstd frame without its size, but with that of its window.
func streamed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithSingleSegment(false))
	if err == nil {
		_, err = w.Write(b)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if out.Bytes()[4]&(1<<5) != 0 {
		t.Fatal("it has no window")
	}
	return out.Bytes()
}

// server gives parts of a blob.
type server struct {
	blob     []byte
	requests atomic.Int64
	noRanges bool                  // it sends the whole blob, and the client skips the bytes before the range
	short    func(request int) int // bytes after which a part ends with an error, -1 for never
	choice   decompress.Choice
}

var errConnection = errors.New("connection reset")

func (s *server) fetch(offset, length uint64) (stream io.ReadCloser, whole bool, err error) {
	request := s.requests.Add(1)
	if offset >= uint64(len(s.blob)) {
		return nil, false, errors.New("416 range not satisfiable")
	}
	end := uint64(len(s.blob))
	if length != math.MaxUint64 {
		end = min(end, offset+length)
	}
	var r io.Reader = bytes.NewReader(s.blob[offset:end])
	if s.short != nil {
		if n := s.short(int(request)); n >= 0 {
			r = io.MultiReader(io.LimitReader(r, int64(n)), broken{})
		}
	}
	return io.NopCloser(r), s.noRanges, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errConnection }

// read reads a blob and checks its summary, and that tar-split can make the tar again.
func read(t *testing.T, s *server, known bool, want []byte) error {
	t.Helper()
	src := blob.Source{Fetch: s.fetch, Size: -1, Decompress: s.choice}
	if known {
		src.Size = int64(len(s.blob))
	}
	var split bytes.Buffer
	sum, err := blob.Read(context.Background(), src, digest.FromBytes(s.blob), &split, layer.Entries.Rest)
	if err != nil {
		return err
	}
	if sum.DiffID != digest.FromBytes(want) || sum.Size != int64(len(want)) || sum.Digest != digest.FromBytes(s.blob) || sum.Compression != archive.DetectCompression(s.blob) {
		t.Errorf("summary %+v of a tar of %d bytes", sum, len(want))
	}
	checkSplit(t, split.Bytes(), want)
	return nil
}

// checkSplit checks that a tar-split makes the tar again.
func checkSplit(t *testing.T, split, want []byte) {
	t.Helper()
	if got, err := remake(t, bytes.NewReader(split), want); err != nil || !bytes.Equal(got, want) {
		t.Errorf("tar-split gives %d bytes, %v, and not the %d of the tar", len(got), err, len(want))
	}
}

// remake puts a tar together again, from the files that a layer with its contents has.
func remake(t *testing.T, split io.Reader, plain []byte) ([]byte, error) {
	t.Helper()
	files := storage.NewBufferFileGetPutter()
	r := tar.NewReader(bytes.NewReader(plain))
	for {
		h, err := r.Next()
		if err != nil {
			break
		}
		if !fileOf(h) {
			continue
		}
		if _, _, err := files.Put(h.Name, r); err != nil {
			t.Fatal(err)
		}
	}
	return io.ReadAll(asm.NewOutputTarStream(files, storage.NewJSONUnpacker(split)))
}

// TestRead reads blobs of every compression, from servers of every kind.
func TestRead(t *testing.T) {
	plain := layerTar(t)
	for name, b := range map[string][]byte{
		"tar": plain, "gzip": gzipped(t, 1, plain), "gzip members": gzipped(t, 3, plain),
		"zstd": zstded(t, 1, plain), "zstd frames": zstded(t, 3, plain),
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range []*server{{blob: b}, {blob: b, choice: decompress.Go}, {blob: b, noRanges: true}, {blob: b, short: func(request int) int { return request%3*10_000 - 1 }}} {
				for _, known := range []bool{true, false} {
					if !known && s.short != nil {
						continue // it cannot be known whether anything is missing
					}
					if err := read(t, s, known, plain); err != nil {
						t.Errorf("ranges %t, size known %t: %v", !s.noRanges, known, err)
					}
				}
			}
		})
	}
}

// TestRequests checks that a server without ranges gets no requests for parts.
func TestRequests(t *testing.T) {
	plain := layerTar(t)
	for want, s := range map[int]*server{2: {blob: plain, noRanges: true}, (len(plain) + 64<<10 - 1) / (64 << 10): {blob: plain}} {
		if err := read(t, s, true, plain); err != nil {
			t.Fatal(err)
		}
		if got := int(s.requests.Load()); got != want {
			t.Errorf("ranges %t: %d requests, want %d", !s.noRanges, got, want)
		}
	}
}

// TestRefused reads wrong blobs.
func TestRefused(t *testing.T) {
	plain := layerTar(t)
	gz := gzipped(t, 1, plain)
	flipped := bytes.Clone(gz)
	flipped[len(flipped)/2] ^= 1
	wide := streamed(t, plain)
	wide[5] = 18 << 3                                                       // the size of its window: 256 MiB
	segment := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40, 1, 0, 0} // whose content, and so its window, is 1 GiB
	cut, garbage, noTar := gz[:len(gz)/2], append(bytes.Clone(gz), "garbage"...), gzipped(t, 1, gz)
	for name, c := range map[string]struct {
		blob []byte
		as   []byte // whose digest is expected
		want error
	}{
		"another blob":           {gz, plain, blob.ErrDigest},
		"bytes behind a tar":     {append(bytes.Clone(plain), "x"...), plain, blob.ErrDigest},
		"xz":                     {append([]byte("\xfd7zXZ\x00"), gz...), gz, blob.ErrFormat},
		"bzip2":                  {append([]byte("BZh9"), gz...), gz, blob.ErrFormat},
		"wide zstd":              {wide, wide, blob.ErrFormat},
		"wide zstd, one segment": {segment, segment, blob.ErrFormat},
		"cut":                    {cut, gz, blob.ErrDigest},
		"a flipped bit":          {flipped, gz, blob.ErrDigest},
		"garbage behind":         {garbage, gz, blob.ErrDigest},
		"another blob, no tar":   {noTar, gz, blob.ErrDigest},
		"empty":                  {nil, gz, blob.ErrDigest},
		"made cut":               {cut, cut, blob.ErrDecompress},
		"made cut in a header":   {gz[:5], gz[:5], blob.ErrDecompress},
		"made with a bit":        {flipped, flipped, blob.ErrDecompress},
		"made with garbage":      {garbage, garbage, blob.ErrDecompress},
		"made of what is no tar": {noTar, noTar, tar.ErrHeader},
	} {
		for _, choice := range []decompress.Choice{decompress.Auto, decompress.Go} {
			s := &server{blob: c.blob}
			src := blob.Source{Fetch: s.fetch, Size: int64(len(c.blob)), Decompress: choice}
			_, err := blob.Read(context.Background(), src, digest.FromBytes(c.as), io.Discard, layer.Entries.Rest)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s, choice %d: %v", name, choice, err)
			}
		}
	}
}

// TestFreed ends reads early, and checks by the memory of the process that they free their decompressors.
func TestFreed(t *testing.T) {
	gz := gzipped(t, 1, layerTar(t))
	src := blob.Source{Fetch: (&server{blob: gz}).fetch, Size: int64(len(gz))}
	stopped := errors.New("stopped")
	early := func() {
		_, err := blob.Read(context.Background(), src, digest.FromBytes(gz), io.Discard, func(e layer.Entries) error {
			_, err := e.Next()
			return errors.Join(err, stopped)
		})
		if !errors.Is(err, stopped) {
			t.Fatal(err)
		}
	}
	for range 100 {
		early() // fills the pools of buffers
	}
	before := layertest.Resident(t)
	for range 1000 {
		early()
	}
	// A decompressor takes 90 kB.
	if grown := layertest.Resident(t) - before; grown > 45<<20 {
		t.Errorf("1000 reads that ended early keep %d bytes", grown)
	}
}

func ignoreEOF(err error) error {
	if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
		return nil
	}
	return err
}

// TestErrors checks that the errors of others come out, and that nothing hangs.
func TestErrors(t *testing.T) {
	plain := layerTar(t)
	full := errors.New("no space left on device")
	want := digest.FromBytes(plain)
	source := func(short func(int) int) blob.Source {
		return blob.Source{Fetch: (&server{blob: plain, short: short}).fetch, Size: int64(len(plain))}
	}
	for _, after := range []int{0, 1, 50} {
		_, err := blob.Read(context.Background(), source(nil), want, io.Discard, func(e layer.Entries) error {
			for range after {
				if _, err := e.Next(); err != nil {
					return err
				}
			}
			return full
		})
		if !errors.Is(err, full) {
			t.Errorf("after %d entries: %v", after, err)
		}
	}
	all := layer.Entries.Rest
	if _, err := blob.Read(context.Background(), source(nil), want, failing{full}, all); !errors.Is(err, full) {
		t.Errorf("tar-split that cannot be written: %v", err)
	}
	nothing := source(func(int) int { return 0 })
	if _, err := blob.Read(context.Background(), nothing, want, io.Discard, all); !errors.Is(err, errConnection) {
		t.Errorf("a server that sends nothing: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancelling := source(func(int) int { cancel(); return 100 })
	if _, err := blob.Read(ctx, cancelling, want, io.Discard, all); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
