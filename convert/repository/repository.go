//go:build linux

package repository

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Repository is an open repository. It holds the directory's lock, shared, so that no garbage is
// collected. Only AddObject and Add may be called concurrently.
type Repository struct {
	dir       string
	lock      *os.File
	algorithm verity.Algorithm

	names []name // that Commit makes

	mu          sync.Mutex // guards what follows
	staging     string     // the directory of staged files; "" if there is none
	stagingLock *os.File
	staged      []string        // hexadecimal fs-verity digests of staged objects, which are their names there
	known       map[string]bool // objects, by hexadecimal fs-verity digests
	noReflinks  error           // why there are none
}

// name is a symlink.
type name struct{ path, target string }

// Open opens the repository in a directory, and makes it if there is none or if it is empty. It waits for
// the directory's lock. A repository of another algorithm, of an unknown version or with unknown features
// is an error. Staged files of killed processes are removed.
func Open(dir string, a verity.Algorithm) (r *Repository, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	r = &Repository{dir: dir, lock: lock, algorithm: a, known: map[string]bool{}}
	defer func() {
		if err != nil {
			err = files.WithCleanup(err, lock.Close())
		}
	}()
	if err := files.Lock(lock, unix.LOCK_SH); err != nil {
		return nil, err
	}
	isNew, err := isEmpty(dir)
	switch {
	case err != nil:
		return nil, err
	case isNew:
		err = writeMeta(dir, a)
	default:
		err = checkMeta(dir, a)
	}
	if err == nil {
		err = r.tidy()
	}
	if err != nil {
		return nil, err
	}
	return r, r.makeDirs()
}

// isEmpty reports whether a directory has no files, but for those of a process that was killed while it
// wrote meta.json.
func isEmpty(dir string) (bool, error) {
	found, err := os.ReadDir(dir)
	return !slices.ContainsFunc(found, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), files.NewPrefix) }), err
}

// stagingPrefix is the beginning of the names of directories of staged files.
const stagingPrefix = ".staging-"

// tidy removes the staged files of processes that were killed. A living process has locked its directory.
func (r *Repository) tidy() error {
	left, err := filepath.Glob(filepath.Join(r.dir, stagingPrefix+"*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		f, err := os.Open(dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		used, err := files.Locked(f)
		if err == nil && !used {
			err = os.RemoveAll(dir)
		}
		if err = files.WithCleanup(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// makeDirs makes the directories of objects and names.
func (r *Repository) makeDirs() error {
	for _, dir := range []string{"objects", "images/refs", "streams/refs/oci"} {
		if err := os.MkdirAll(filepath.Join(r.dir, dir), 0o755); err != nil {
			return err
		}
	}
	for i := range 256 {
		if err := os.Mkdir(filepath.Join(r.dir, "objects", fmt.Sprintf("%02x", i)), 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}

// Close removes staged files that were not committed, and releases the lock.
func (r *Repository) Close() error {
	var err error
	if r.staging != "" {
		err = errors.Join(os.RemoveAll(r.staging), r.stagingLock.Close())
	}
	return files.WithCleanup(err, r.lock.Close())
}

// Algorithm returns the algorithm of the digests.
func (r *Repository) Algorithm() verity.Algorithm { return r.algorithm }

// AddImage has Commit name an object as an image. ref is the name that keeps it, "" for none; it may
// contain slashes, which become %2F.
func (r *Repository) AddImage(digest, ref string) {
	r.add("images/"+digest, "../"+objectPath(digest))
	if ref != "" {
		r.add("images/refs/"+escape(ref), "../"+digest)
	}
}

// AddStream has Commit name an object as a split stream, such as oci-layer-sha256:….
func (r *Repository) AddStream(stream, digest string) {
	r.add("streams/"+stream, "../"+objectPath(digest))
}

// Stream returns the content of a split stream. The error wraps [fs.ErrNotExist] if there is none.
func (r *Repository) Stream(stream string) ([]byte, error) {
	return os.ReadFile(filepath.Join(r.dir, "streams", stream))
}

// Tag has Commit give the manifest of a container image, in a split stream, the name of the image.
func (r *Repository) Tag(image, stream string) {
	r.add("streams/refs/oci/"+escape(image), "../../"+stream)
}

func (r *Repository) add(path, target string) { r.names = append(r.names, name{path, target}) }

// escape escapes a name as composefs-rs does.
func escape(s string) string { return strings.ReplaceAll(s, "/", "%2F") }

// objectPath returns the path of an object.
func objectPath(digest string) string { return "objects/" + digest[:2] + "/" + digest[2:] }
