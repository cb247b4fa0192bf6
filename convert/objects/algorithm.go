package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// A pool names its objects and images by one algorithm. The file DIR/algorithm contains the name of
// that algorithm; a pool without the file uses sha256. The file is written before the first object
// and never changes.

// AlgorithmError is the error for a pool with another algorithm than the wanted one.
type AlgorithmError struct {
	Dir      string // of the pool
	Is, Want verity.Algorithm
}

func (e *AlgorithmError) Error() string {
	return fmt.Sprintf("pool %s: its objects are named by %s, not by %s", e.Dir, e.Is, e.Want)
}

func algorithmFile(dir string) string { return filepath.Join(dir, "algorithm") }

// AlgorithmOf returns the algorithm of the pool in dir. If there is no pool it returns that of a new
// one, or sha256 for 0.
func AlgorithmOf(dir string, ofNew verity.Algorithm) (verity.Algorithm, error) {
	text, err := os.ReadFile(algorithmFile(dir))
	switch {
	case err == nil:
		a, err := verity.ParseAlgorithm(strings.TrimSuffix(string(text), "\n"))
		if err != nil {
			err = fmt.Errorf("%s: %w", algorithmFile(dir), err)
		}
		return a, err
	case !errors.Is(err, fs.ErrNotExist):
		return 0, err
	case ofNew == 0 || exists(filepath.Join(dir, "objects")):
		return verity.SHA256, nil
	}
	return ofNew, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// makePool makes the directories of a missing pool. A lock keeps two processes from making a pool with
// two algorithms. It is that of the directory, which nothing else takes: a batch of this process may
// hold the pool's lock file for long.
func makePool(dir string, a verity.Algorithm) (err error) {
	objects := filepath.Join(dir, "objects")
	if exists(objects) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer lock.Close() //nolint:errcheck // open for reading
	if err := files.Lock(lock, unix.LOCK_EX); err != nil {
		return err
	}
	if a != verity.SHA256 && a != 0 && !exists(objects) && !exists(algorithmFile(dir)) {
		if err := writeAlgorithm(dir, a); err != nil {
			return err
		}
	}
	return os.MkdirAll(objects, 0o700)
}

// writeAlgorithm makes the file durable: after a power cut, no object may be there without it.
func writeAlgorithm(dir string, a verity.Algorithm) error {
	temp := filepath.Join(dir, temporary())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(a.String() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = files.WithCleanup(err, f.Close()); err == nil {
		err = os.Rename(temp, algorithmFile(dir))
	}
	if err != nil {
		return files.WithCleanup(err, os.Remove(temp))
	}
	return files.Sync(dir)
}
