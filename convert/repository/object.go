//go:build linux

package repository

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Method is a way in which an object comes into a repository.
type Method int

// The methods. Present means that the repository has the object.
const (
	Present Method = iota
	Link
	Reflink
	Copy
)

// Object is a content for a repository.
type Object struct {
	Digest string   // fs-verity digest, hexadecimal digits
	Size   int64    // bytes
	Files  []string // files with the content
}

// AddObject adds an object by the first of the methods that works. An error has the reason why the last one
// does not. Links have their names at once, copies and reflinks after Commit.
func (r *Repository) AddObject(o Object, methods ...Method) (Method, error) {
	if len(methods) > 0 && methods[0] == Link && r.linkNew(o) {
		return Link, nil
	}
	if has, err := r.has(o.Digest, o.Size); has || err != nil {
		return Present, err
	}
	err := errors.New("there is no file with the content")
	for _, m := range methods {
		for _, file := range o.Files {
			if err = r.take(m, file, o); err == nil {
				return m, nil
			}
			if errors.Is(err, fs.ErrExist) { // another one has just added it
				return r.AddObject(o, methods...)
			}
		}
	}
	return Present, fmt.Errorf("object %s: %w", o.Digest, err)
}

// linkNew links the first file of an object, and reports whether that worked: for most objects it does, and it costs less than
// looking for the name before.
func (r *Repository) linkNew(o Object) bool {
	return !r.isKnown(o.Digest) && len(o.Files) > 0 && r.take(Link, o.Files[0], o) == nil
}

// has reports whether the repository has an object. One of another size, as a power cut may leave it in a
// repository of another program, is removed.
func (r *Repository) has(digest string, size int64) (bool, error) {
	if r.isKnown(digest) {
		return true, nil
	}
	path := filepath.Join(r.dir, objectPath(digest))
	var st unix.Stat_t
	err := unix.Lstat(path, &st)
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err == nil && (st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size != size) {
		return false, os.Remove(path)
	}
	if err != nil {
		return false, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	r.setKnown(digest)
	return true, nil
}

func (r *Repository) isKnown(digest string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[digest]
}

func (r *Repository) setKnown(digest string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[digest] = true
}

// take adds an object from a file by one method.
func (r *Repository) take(m Method, file string, o Object) error {
	if m == Link {
		err := os.Link(file, filepath.Join(r.dir, objectPath(o.Digest)))
		if err == nil {
			r.setKnown(o.Digest)
		}
		return err
	}
	if err := r.whyNoReflinks(); m == Reflink && err != nil {
		return err
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	w, err := r.newObject()
	if err != nil {
		return err
	}
	if m == Reflink {
		if err = unix.IoctlFileClone(int(w.file.Fd()), int(in.Fd())); err != nil {
			err = &os.PathError{Op: "reflink", Path: file, Err: err}
			r.giveUpReflinks(err)
		}
	} else {
		_, err = io.Copy(w, in)
	}
	if err == nil && m == Copy && w.digest() != o.Digest {
		err = fmt.Errorf("%s is damaged: its content has fs-verity digest %s", file, w.digest())
	}
	if err != nil {
		return files.WithCleanup(err, w.drop())
	}
	return w.keep(o.Digest)
}

func (r *Repository) whyNoReflinks() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noReflinks
}

// giveUpReflinks has all files copied: most file systems have no reflinks.
func (r *Repository) giveUpReflinks(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noReflinks = why
}

// Add adds a content that write writes, and returns its fs-verity digest and size.
func (r *Repository) Add(write func(w io.Writer) error) (o Object, added bool, err error) {
	w, err := r.newObject()
	if err != nil {
		return o, false, err
	}
	if err := write(w); err != nil {
		return o, false, files.WithCleanup(err, w.drop())
	}
	o = Object{Digest: w.digest(), Size: w.size}
	if has, err := r.has(o.Digest, o.Size); has || err != nil {
		return o, false, files.WithCleanup(err, w.drop())
	}
	return o, true, w.keep(o.Digest)
}

// newObject is a staged file without a digest yet.
type newObject struct {
	r    *Repository
	file *os.File
	hash hash.Hash
	size int64
}

func (r *Repository) newObject() (*newObject, error) {
	dir, err := r.stage()
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, "new-")
	if err == nil {
		err = f.Chmod(0o644)
	}
	return &newObject{r: r, file: f, hash: verity.NewHash(r.algorithm)}, err
}

// stage returns the directory of staged files. Its lock, which lasts until the process ends, shows that it is
// in use. Another process may remove a new directory before that; then stage makes another one.
func (r *Repository) stage() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.staging == "" {
		dir, err := os.MkdirTemp(r.dir, stagingPrefix)
		if err != nil {
			return "", err
		}
		f, err := os.Open(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = files.Lock(f, unix.LOCK_EX)
		}
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(dir); err != nil {
			_ = f.Close() // it was removed
			continue
		}
		r.staging, r.stagingLock = dir, f
	}
	return r.staging, nil
}

// Write writes to the file.
func (w *newObject) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	w.hash.Write(b[:n])
	w.size += int64(n)
	return n, err
}

func (w *newObject) digest() string { return hex.EncodeToString(w.hash.Sum(nil)) }

// keep has Commit give the file its name.
func (w *newObject) keep(digest string) error {
	err := w.file.Close()
	if err == nil {
		err = os.Rename(w.file.Name(), filepath.Join(filepath.Dir(w.file.Name()), digest))
	}
	if err != nil {
		return err
	}
	w.r.mu.Lock()
	defer w.r.mu.Unlock()
	if !w.r.known[digest] {
		w.r.staged = append(w.r.staged, digest)
		w.r.known[digest] = true
	}
	return nil
}

// drop removes the file.
func (w *newObject) drop() error { return errors.Join(w.file.Close(), os.Remove(w.file.Name())) }
