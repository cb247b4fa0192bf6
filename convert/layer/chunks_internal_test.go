package layer

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// files returns a tar of small files and of one that needs more chunks than a layer has.
func files(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for range chunksOwn {
		for _, size := range []int64{1000, chunkSize, 3 * chunkSize, 2 * (chunksOwn + chunksShared) * chunkSize} {
			err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "f", Size: size})
			if err == nil {
				_, err = w.Write(make([]byte, size))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.Bytes()
}

// failing is a store that fails after some files.
type failing struct{ left chan struct{} }

func (f failing) Add([]byte) (d verity.Digest, err error) { return d, f.err() }

func (f failing) AddFrom(r io.Reader, _ int64) (d verity.Digest, err error) {
	if err := f.err(); err != nil {
		_, _ = io.CopyN(io.Discard, r, chunkSize+1)
		return d, err
	}
	_, err = io.Copy(io.Discard, r)
	return d, err
}

func (f failing) err() error {
	select {
	case f.left <- struct{}{}:
		return nil
	default:
		return errors.New("no space left on device")
	}
}

// TestOwnChunks reads a layer while other layers have all shared chunks.
func TestOwnChunks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // ends a test that hangs
	defer cancel()
	hog := newChunks()
	var taken [][]byte
	for range chunksOwn + chunksShared {
		chunk, err := hog.take(ctx)
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, chunk)
	}
	for _, workers := range []int{1, 2, 8} {
		if _, err := Read(ctx, bytes.NewReader(files(t)), failing{make(chan struct{}, 1000)}, Options{Workers: workers}); err != nil {
			t.Fatalf("%d workers: %v", workers, err)
		}
	}
	for _, chunk := range taken {
		hog.put(chunk)
	}
	if len(shared) != chunksShared || len(hog.own) != chunksOwn {
		t.Errorf("%d shared chunks and %d own ones are free, want %d and %d", len(shared), len(hog.own), chunksShared, chunksOwn)
	}
}

// TestChunksComeBack checks that a failed layer gives all shared chunks back.
func TestChunksComeBack(t *testing.T) {
	all := files(t)
	for _, c := range []struct{ length, files int }{{len(all), 1000}, {len(all), 0}, {len(all), 2}, {len(all), 7}, {len(all) - chunkSize, 1000}, {2000, 1000}} {
		_, err := Read(t.Context(), bytes.NewReader(all[:c.length]), failing{make(chan struct{}, c.files)}, Options{})
		if whole := c.length == len(all) && c.files == 1000; whole != (err == nil) {
			t.Errorf("%+v: %v", c, err)
		}
		if len(shared) != chunksShared {
			t.Errorf("%+v: %d shared chunks are free, want %d", c, len(shared), chunksShared)
		}
	}
}
