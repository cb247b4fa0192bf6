package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// Garbage that nobody could collect at once is noted by a file, so that whoever can do
// it next collects all. Whoever collects takes the note first, by renaming it: garbage
// that is noted while he walks may be where he has been already, and then needs another
// walk. What he has taken he drops when he is done; if he is killed it is found by the
// next one.

func (p *Reader) note() string  { return filepath.Join(p.path, "garbage") }
func (p *Reader) taken() string { return filepath.Join(p.path, "garbage.taken") }

// NoteGarbage notes, durably, that the pool has garbage of which nobody knows where it
// is: the next [Pool.Release] collects all. It is for a layer that could not be asked
// what it has.
func (p *Pool) NoteGarbage() error {
	f, err := os.OpenFile(p.note(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return files.WithCleanup(f.Close(), p.syncDir(p.path))
}

// GarbageNoted reports whether garbage was noted and not collected yet. Garbage of which
// there is no note is what other tools leave when they remove layers, or kills.
func (p *Reader) GarbageNoted() (bool, error) {
	for _, name := range []string{p.note(), p.taken()} {
		_, err := os.Lstat(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// Untidy reports whether the pool in dir shows traces of garbage that nobody has collected
// yet: a note, or something staged, which may also be somebody's who is adding. It looks
// at names only; a pool that is not there or cannot be read shows none.
func Untidy(dir string) bool {
	p := &Reader{path: dir}
	if noted, err := p.GarbageNoted(); noted && err == nil {
		return true
	}
	staged, _ := readNames(unix.AT_FDCWD, p.staging())
	return len(staged) > 0
}

// takeNote takes the note and reports whether there was one. There is one that is taken
// in any case, until [Pool.dropNote], but on a disk that is too full for it: garbage must
// be collected there above all. The pool is locked exclusively.
func (p *Pool) takeNote() (noted bool) {
	if err := os.Rename(p.note(), p.taken()); !errors.Is(err, fs.ErrNotExist) {
		return true
	}
	f, err := os.OpenFile(p.taken(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_ = f.Close() // nothing was written
	}
	return errors.Is(err, fs.ErrExist) // by somebody who was killed
}

// dropNote drops the note that was taken: all that it spoke of is collected.
func (p *Pool) dropNote() error { return ignore(os.Remove(p.taken()), fs.ErrNotExist) }
