package floor

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// inMemory is the longest file, in bytes, that is held in memory.
const inMemory = 1 << 20

// Store keeps contents in a directory.
type Store struct {
	dir     string
	workers errgroup.Group
	buffers sync.Pool
	temps   atomic.Int64

	mu   sync.Mutex
	seen map[[sha256.Size]byte]bool
}

// NewStore makes a store in an empty directory.
func NewStore(dir string) (*Store, error) {
	s := &Store{dir: dir, seen: map[[sha256.Size]byte]bool{}}
	s.workers.SetLimit(runtime.NumCPU())
	s.buffers.New = func() any { return new(bytes.Buffer) }
	for i := range 256 {
		for _, half := range []string{"a", "b"} {
			if err := os.MkdirAll(filepath.Join(dir, half, fmt.Sprintf("%02x", i)), 0o700); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// Close waits until all is stored, and is on the disk.
func (s *Store) Close() error {
	if err := s.workers.Wait(); err != nil {
		return err
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}

// Layer stores the contents of a layer tar and returns its diffID.
func (s *Store) Layer(layer io.Reader) (diffID [sha256.Size]byte, err error) {
	hash := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(layer, hash), 256<<10)
	for tr := tar.NewReader(in); ; {
		h, err := tr.Next()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			_, err = io.Copy(io.Discard, in)
			return [sha256.Size]byte(hash.Sum(nil)), err
		}
		switch {
		case err != nil:
		case h.Typeflag != tar.TypeReg || h.Size == 0:
		case h.Size > inMemory:
			err = s.long(tr)
		default:
			err = s.short(tr)
		}
		if err != nil {
			return diffID, err
		}
	}
}

// short reads a file and has it stored by a worker.
func (s *Store) short(r io.Reader) error {
	b := s.buffers.Get().(*bytes.Buffer)
	b.Reset()
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	s.workers.Go(func() error {
		defer s.buffers.Put(b)
		digest := sha256.Sum256(b.Bytes())
		if s.known(digest) {
			return nil
		}
		f, err := os.OpenFile(s.path("a", digest), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(b.Bytes())
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return os.Link(s.path("a", digest), s.path("b", digest))
	})
	return nil
}

// long stores a file while it is read.
func (s *Store) long(r io.Reader) error {
	temp := filepath.Join(s.dir, fmt.Sprintf("temporary-%d", s.temps.Add(1)))
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.CopyBuffer(io.MultiWriter(f, h), r, make([]byte, 1<<20))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	digest := [sha256.Size]byte(h.Sum(nil))
	if s.known(digest) {
		return os.Remove(temp)
	}
	if err := os.Rename(temp, s.path("a", digest)); err != nil {
		return err
	}
	return os.Link(s.path("a", digest), s.path("b", digest))
}

// known reports whether there has been a content, and from now on there has.
func (s *Store) known(digest [sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.seen[digest]
	s.seen[digest] = true
	return known
}

func (s *Store) path(half string, digest [sha256.Size]byte) string {
	return filepath.Join(s.dir, half, fmt.Sprintf("%02x", digest[0]), fmt.Sprintf("%x", digest[1:]))
}
