//go:build linux && (!cgo || exclude_graphdriver_btrfs)

package differ

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	"github.com/vbatts/tar-split/tar/storage"
)

// Raw is a differ that hands over its blob to the driver.
type Raw struct {
	Blob   []byte        // a tar, compressed or not
	Digest digest.Digest // that the blob should have, its own if ""
	Table  *Table        // of the tar, or nil
	Fetch  Fetch         // requests a range of the blob, from Blob if nil

	// Other, if not nil, is a differ that does not hand over its blob, and takes the place of
	// this one.
	Other graphdriver.Differ

	Released int // how often Release was called
}

// Fetch requests length bytes from offset on, see hack/graft.
type Fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error)

// RawBlob is a method that hack/graft adds.
func (r *Raw) RawBlob() (fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error), blob digest.Digest, size int64, release func(), ok bool) {
	fetch, blob = r.Fetch, r.Digest
	if fetch == nil {
		fetch = r.Part
	}
	if blob == "" {
		blob = digest.FromBytes(r.Blob)
	}
	return fetch, blob, int64(len(r.Blob)), r.Release, r.Other == nil
}

// Part requests a range of Blob.
func (r *Raw) Part(offset, length uint64) (io.ReadCloser, bool, error) {
	rest := r.Blob[offset:]
	return io.NopCloser(bytes.NewReader(rest[:min(length, uint64(len(rest)))])), false, nil
}

// Release is a method that hack/graft adds.
func (r *Raw) Release() { r.Released++ }

// RawTable is a method that hack/graft adds.
func (r *Raw) RawTable() (out graphdriver.DriverWithDifferOutput, split storage.Unpacker, contents iter.Seq2[string, digest.Digest], ok bool, err error) {
	if r.Table == nil {
		return out, nil, nil, false, nil
	}
	if out.TarSplit, err = r.Table.file(); err != nil {
		return out, nil, nil, false, err
	}
	out.TOCDigest, out.BigData = r.Table.Digest, map[string][]byte{"table": []byte("of contents")}
	return out, storage.NewJSONUnpacker(bytes.NewReader(r.Table.Split)), maps.All(r.Table.Contents), true, nil
}

// ApplyDiff implements graphdriver.Differ.
func (r *Raw) ApplyDiff(dest string, options *archive.TarOptions, differOpts *graphdriver.DifferOptions) (graphdriver.DriverWithDifferOutput, error) {
	if r.Other == nil {
		return graphdriver.DriverWithDifferOutput{}, errors.New("the driver has not taken the blob")
	}
	return r.Other.ApplyDiff(dest, options, differOpts)
}

// Close implements graphdriver.Differ.
func (r *Raw) Close() error {
	if r.Other == nil {
		return nil
	}
	return r.Other.Close()
}

// Table describes the tar of a zstd:chunked layer.
type Table struct {
	Digest   digest.Digest            // by which the layer is known
	Split    []byte                   // the tar-split
	Contents map[string]digest.Digest // of files that are not empty, by name
}

// TableOf returns the right description of a tar.
func TableOf(layer []byte) (*Table, error) {
	var split bytes.Buffer
	r, err := asm.NewInputTarStream(bytes.NewReader(layer), storage.NewJSONPacker(&split), storage.NewDiscardFilePutter())
	if err != nil {
		return nil, err
	}
	t := &Table{digest.FromString("table"), nil, map[string]digest.Digest{}}
	files := tar.NewReader(r)
	for {
		header, err := files.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			break
		}
		if err != nil {
			return nil, err
		}
		if header.Size > 0 {
			if t.Contents[filepath.Clean(header.Name)], err = digest.FromReader(files); err != nil {
				return nil, err
			}
		}
	}
	_, err = io.Copy(io.Discard, r)
	t.Split = split.Bytes()
	return t, err
}

// file returns an open file with the tar-split.
func (t *Table) file() (*os.File, error) {
	f, err := os.CreateTemp("", "tar-split")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(t.Split)
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return nil, fmt.Errorf("tar-split: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}
