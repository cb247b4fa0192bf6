//go:build linux

package inplace

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// layerFiles is a store for contents of a tar that the layer has as files.
type layerFiles struct {
	batch          *objects.Batch
	dir            string // the layer's diff in the mount of the pool
	tar            *blob.Original
	linked, copied atomic.Int64

	// names is the number of names in the layer by inode, for files with several links.
	names     map[uint64]uint64
	count     sync.Once
	countFail error
}

// opener returns a function that opens the file of an entry of the tar. The caller calls done
// afterwards.
func (s *staged) opener() (open func(name string) (io.ReadCloser, error), done func(), err error) {
	dir := s.files.dir
	if !s.layer.Composefs {
		return func(name string) (io.ReadCloser, error) { return images.OpenIn(dir, name) }, func() {}, nil
	}
	f, img, err := images.OpenLayer(s.layer)
	if err != nil {
		return nil, nil, err
	}
	finder := img.Finder()
	open = func(name string) (io.ReadCloser, error) {
		n, err := images.Lookup(finder, name)
		switch {
		case err != nil:
			return nil, err
		case n.Type() != tree.TypeRegular:
			return nil, fs.ErrNotExist
		case n.Payload == "":
			return io.NopCloser(strings.NewReader(n.Content)), nil
		}
		file, err := images.OpenIn(dir, n.BackingPath())
		if err != nil {
			return nil, err
		}
		return payload{file, n.BackingPath()}, nil
	}
	return open, func() { _ = f.Close() }, nil // open for reading
}

// payload is a file of a stock layer. It keeps its name, because stock containers/storage finds contents
// for other layers by that name.
type payload struct {
	*os.File
	name string
}

// Add implements layer.Store, for contents without a file.
func (s *layerFiles) Add(content []byte) (verity.Digest, error) { return s.batch.Add(content) }

// AddFrom implements layer.Store.
func (s *layerFiles) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	return s.batch.AddFrom(r, size)
}

// At implements layer.StoreByPlace.
func (s *layerFiles) At(offset, size int64) (layer.Store, error) {
	content, err := s.tar.Content(offset, size)
	switch f := content.(type) {
	case *os.File:
		return &file{s, f, ""}, err
	case payload:
		return &file{s, f.File, f.name}, err
	}
	return s, err
}

// file is a store for the content of a file of the layer.
type file struct {
	*layerFiles
	file    *os.File
	payload string // "" for a file of a plain layer
}

// Add implements layer.Store.
func (f *file) Add(content []byte) (verity.Digest, error) {
	return f.take(f.batch.Algorithm().Sum(content), int64(len(content)))
}

// AddFrom implements layer.Store.
func (f *file) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	d, n, err := f.batch.Algorithm().SumReader(r)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return verity.Digest{}, err
	}
	return f.take(d, size)
}

// take makes the file an object, and closes it.
func (f *file) take(d verity.Digest, size int64) (verity.Digest, error) {
	defer f.file.Close() //nolint:errcheck // open for reading
	alone, err := f.alone()
	if err != nil {
		return d, err
	}
	taken, err := f.batch.Take(f.file, d, size, alone)
	if err == nil && f.payload != "" && filepath.Dir(f.payload) != "." {
		err = f.keepName(d, size)
	}
	switch taken {
	case objects.TakenLinked:
		f.linked.Add(1)
	case objects.TakenCopied:
		f.copied.Add(1)
	}
	return d, err
}

// keepName gives the object the name of the file in the stock layer.
func (f *file) keepName(d verity.Digest, size int64) error {
	if f.payload == objects.Path(d) {
		return nil
	}
	return f.batch.Name(d, size, f.payload)
}

// alone reports whether all links of the file are in the layer. A file with other links may belong to
// another plain layer, in which its owner and mode matter.
func (f *file) alone() (bool, error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.file.Fd()), &st); err != nil {
		return false, os.NewSyscallError("fstat", err)
	}
	if st.Nlink == 1 {
		return true, nil
	}
	f.count.Do(func() { f.names, f.countFail = namesBelow(f.dir) })
	return f.names[st.Ino] == uint64(st.Nlink), f.countFail //nolint:unconvert // narrower on some architectures
}

// namesBelow counts the names in a directory of regular files with several links, by inode.
func namesBelow(dir string) (map[uint64]uint64, error) {
	names := map[uint64]uint64{}
	err := filepath.WalkDir(dir+"/.", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return &fs.PathError{Op: "lstat", Path: path, Err: err}
		}
		if st.Nlink > 1 {
			names[st.Ino]++
		}
		return nil
	})
	return names, err
}
