package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// A file notes garbage that could not be collected at once; the next collector then collects
// everything. The collector first takes the note by renaming it, because garbage that is noted
// during its walk may lie where it has been already. It removes the taken note when it is done. A
// killed collector leaves the taken note to the next one.

func (p *Reader) note() string  { return filepath.Join(p.path, "garbage") }
func (p *Reader) taken() string { return filepath.Join(p.path, "garbage.taken") }

// NoteGarbage notes durably that the pool has garbage at unknown places, such as the objects of a
// removed layer whose digests could not be read. The next [Pool.Release] collects everything. It
// takes no lock.
func (p *Pool) NoteGarbage() error {
	f, err := os.OpenFile(p.note(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return files.WithCleanup(f.Close(), p.syncDir(p.path))
}

// GarbageNoted reports whether garbage was noted and not collected yet. Other tools that remove
// layers, and killed processes, leave garbage without a note.
func (p *Reader) GarbageNoted() (bool, error) {
	for _, name := range []string{p.note(), p.taken()} {
		_, err := os.Lstat(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// Untidy reports whether the pool in dir shows traces of uncollected garbage: a note, or a staged
// layer, which may also belong to a running batch. It looks at names only. A pool that is missing
// or cannot be read shows none.
func Untidy(dir string) bool {
	p := &Reader{path: dir}
	if noted, err := p.GarbageNoted(); noted && err == nil {
		return true
	}
	staged, _ := readNames(unix.AT_FDCWD, p.staging())
	return len(staged) > 0
}

// takeNote takes the note and reports whether one existed. If not, it makes a taken note, so that
// a killed collector is noticed; on a full disk it goes on without one, because garbage must be
// collected there above all. The caller holds the pool's lock exclusively.
func (p *Pool) takeNote() (noted bool) {
	if err := os.Rename(p.note(), p.taken()); !errors.Is(err, fs.ErrNotExist) {
		return true
	}
	f, err := os.OpenFile(p.taken(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_ = f.Close() // nothing was written
	}
	return errors.Is(err, fs.ErrExist) // left by a killed collector
}

// dropNote removes the taken note once all garbage is collected.
func (p *Pool) dropNote() error { return files.IgnoreMissing(os.Remove(p.taken())) }
