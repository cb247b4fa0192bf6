package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/objects"
)

// diffDir is the object directory of a layer, which appears when the layer is
// complete.
type diffDir struct {
	path   string      // "" if the layer is to have none
	old    fs.FileInfo // of the directory that was there, or nil
	placed bool
}

// newDiffDir checks that path, unless it is "", is missing, an empty directory, or possibly the result of
// an earlier run with the same tar.
func newDiffDir(path string) (*diffDir, error) {
	if path == "" {
		return &diffDir{}, nil
	}
	d := &diffDir{path: filepath.Clean(path)}
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err = os.Stat(filepath.Dir(d.path)); err != nil {
			return nil, fmt.Errorf("create %s: %w", d.path, bare(err))
		}
		return d, nil
	}
	if err == nil {
		d.old, err = os.Lstat(d.path)
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || len(e.Name()) != 2 {
			return nil, d.notEmpty()
		}
	}
	return d, nil
}

func (d *diffDir) notEmpty() error {
	return withHint(fmt.Errorf("%s is not empty", d.path),
		"give --diff a directory that does not exist, is empty, or was made by an earlier run from the same TAR")
}

// checkPlace returns an error if it is certain already that the staged directory cannot become this one.
func (d *diffDir) checkPlace(staged string) error {
	if d.path == "" {
		return nil
	}
	from, err := os.Stat(staged)
	if err != nil {
		return err
	}
	to := d.old
	if to == nil {
		if to, err = os.Stat(filepath.Dir(d.path)); err != nil {
			return err
		}
	}
	if from.Sys().(*syscall.Stat_t).Dev != to.Sys().(*syscall.Stat_t).Dev {
		return d.otherFileSystem()
	}
	return nil
}

// otherFileSystem returns the error of a directory on another file system than the pool.
func (d *diffDir) otherFileSystem() error {
	return withHint(fmt.Errorf("%s is on another file system than the pool", d.path),
		"give --diff or --pool a directory on the same file system: their files are hard links to one another")
}

// publish makes the staged directory of a batch that was committed the layer's, with
// the mode and owner that this had: containers/storage copies them from layer to
// layer.
func (d *diffDir) publish(b *objects.Batch) error {
	if d.path == "" {
		return nil
	}
	if err := d.own(b.Staged()); err != nil {
		return err
	}
	err := b.Place(d.path)
	switch {
	case err == nil:
		d.placed = true
	case errors.Is(err, syscall.EXDEV): // as between two mounts of one file system
		return d.otherFileSystem()
	case !errors.Is(err, fs.ErrExist):
		return err
	case !sameFiles(b.Staged(), d.path):
		return d.notEmpty()
	}
	return files.Sync(filepath.Dir(d.path))
}

func (d *diffDir) own(path string) error {
	if d.old == nil {
		return os.Chmod(path, 0o755)
	}
	owner := d.old.Sys().(*syscall.Stat_t)
	return errors.Join(os.Chown(path, int(owner.Uid), int(owner.Gid)), os.Chmod(path, d.old.Mode()))
}

// discard undoes publish, however far that came.
func (d *diffDir) discard() {
	if !d.placed {
		return
	}
	_ = os.RemoveAll(d.path) // the first error is reported
	if d.old != nil && os.Mkdir(d.path, 0o700) == nil {
		_ = d.own(d.path)
	}
}

// sameFiles reports whether two directories have the same files under the same names, as after an
// earlier run that was killed once it had placed one of them.
func sameFiles(a, b string) bool {
	files := 0
	err := walkFiles(a, func(name string) error {
		files++
		x, err := os.Lstat(filepath.Join(a, name))
		if err != nil {
			return err
		}
		y, err := os.Lstat(filepath.Join(b, name))
		if err == nil && !os.SameFile(x, y) {
			err = fs.ErrExist
		}
		return err
	})
	if err != nil {
		return false
	}
	err = walkFiles(b, func(string) error { files--; return nil })
	return err == nil && files == 0
}

// walkFiles calls fn for the path below dir of everything there but directories.
func walkFiles(dir string, fn func(name string) error) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return fn(name)
	})
}
