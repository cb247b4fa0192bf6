package bench

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

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// bare is the operation of doing, with the tars in the arguments, the least that
// storing the contents of their files can mean:
//
//   - read each tar and hash all of it with sha256, for its diffID;
//   - hash each file that is not empty with sha256, for its name. Files of up to
//     bareMemory bytes are read into memory, and as many hashed and stored at a time
//     as there are processors; longer ones are hashed while they are written to a
//     temporary name, one at a time;
//   - unless a map has the hash already, create the file in DIR/a, write it, close
//     it, and link it into DIR/b;
//   - at the end one syncfs.
//
// No metadata is kept, no image written, nothing asked of the disk. The first argument
// is DIR.
const bare = "bare"

// bareMemory is the longest file, in bytes, that is held in memory.
const bareMemory = 1 << 20

type bareStore struct {
	dir     string
	workers errgroup.Group
	buffers sync.Pool

	mu   sync.Mutex
	seen map[[sha256.Size]byte]bool
}

func runBare(dir string, tars []string) error {
	s := &bareStore{dir: dir, seen: map[[sha256.Size]byte]bool{}}
	s.workers.SetLimit(runtime.NumCPU())
	s.buffers.New = func() any { return new(bytes.Buffer) }
	for i := range 256 {
		for _, half := range []string{"a", "b"} {
			if err := os.MkdirAll(filepath.Join(dir, half, fmt.Sprintf("%02x", i)), 0o700); err != nil {
				return err
			}
		}
	}
	for _, path := range tars {
		if err := s.tar(path); err != nil {
			return err
		}
	}
	if err := s.workers.Wait(); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(d.Fd())), d.Close())
}

func (s *bareStore) tar(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	diffID := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(f, diffID), 256<<10)
	for tr := tar.NewReader(in); ; {
		h, err := tr.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, in)
			return err
		}
		switch {
		case err != nil:
		case h.Typeflag != tar.TypeReg || h.Size == 0:
		case h.Size > bareMemory:
			err = s.long(tr)
		default:
			err = s.short(tr)
		}
		if err != nil {
			return err
		}
	}
}

// short reads a file and has it stored by a worker.
func (s *bareStore) short(r io.Reader) error {
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
func (s *bareStore) long(r io.Reader) error {
	temp := filepath.Join(s.dir, "temporary")
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
func (s *bareStore) known(digest [sha256.Size]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.seen[digest]
	s.seen[digest] = true
	return known
}

func (s *bareStore) path(half string, digest [sha256.Size]byte) string {
	return filepath.Join(s.dir, half, fmt.Sprintf("%02x", digest[0]), fmt.Sprintf("%x", digest[1:]))
}
