package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// A file notes garbage that could not be collected at once. Each of its lines is the path of an object
// or an image in the pool, which the next collector removes if no layer links it. If garbage is at
// unknown places, a line is "*", and the next collector searches the whole pool. An empty file or a
// broken line, which a power cut may leave, means the same.
//
// The collector first takes the note by renaming it, because garbage that is noted during its walk may
// lie where it has been already. It removes the taken note when it is done. A killed collector leaves
// the taken note to the next one.

func (p *Reader) note() string  { return filepath.Join(p.path, "garbage") }
func (p *Reader) taken() string { return filepath.Join(p.path, "garbage.taken") }

// garbage is the content of a note.
type garbage struct {
	whole           bool // at unknown places too
	objects, images []verity.Digest
}

const (
	notedWhole  = "*"
	notedObject = "objects/"
	notedImage  = "images/"
)

// and returns the garbage of both.
func (g garbage) and(other garbage) garbage {
	return garbage{g.whole || other.whole, slices.Concat(g.objects, other.objects), slices.Concat(g.images, other.images)}
}

// String returns the lines of a note.
func (g garbage) String() string {
	var text strings.Builder
	if g.whole {
		text.WriteString(notedWhole + "\n")
	}
	for _, d := range g.objects {
		text.WriteString(notedObject + Path(d) + "\n")
	}
	for _, d := range g.images {
		text.WriteString(notedImage + d.String() + "\n")
	}
	return text.String()
}

// parseGarbage is the inverse of String.
func parseGarbage(text string) (g garbage) {
	g.whole = text == ""
	for line := range strings.Lines(text) {
		name := strings.TrimSuffix(line, "\n")
		path, isObject := strings.CutPrefix(name, notedObject)
		digest, isImage := strings.CutPrefix(name, notedImage)
		d, err := parsePath(path)
		switch {
		case isObject && err == nil:
			g.objects = append(g.objects, d)
			continue
		case isImage:
			if d, err = verity.ParseDigest(digest); err == nil {
				g.images = append(g.images, d)
				continue
			}
		}
		g.whole = true
	}
	return g
}

// NoteGarbage notes durably that the pool has garbage at unknown places, such as the objects of a
// removed layer whose digests could not be read. The next [Pool.Release] collects everything. It
// takes no lock.
func (p *Pool) NoteGarbage() error { return p.noteGarbage(garbage{whole: true}) }

// NoteUnlinked notes durably that objects and images may be garbage. The next [Pool.Release] collects
// those that no layer links. It takes no lock.
func (p *Pool) NoteUnlinked(objects, images []verity.Digest) error {
	return p.noteGarbage(garbage{objects: objects, images: images})
}

func (p *Pool) noteGarbage(g garbage) error {
	if st, err := os.Lstat(p.note()); err == nil && st.Size() == 0 {
		g.whole = true // an empty note with names added would no longer mean that
	}
	for text := g.String(); text != ""; {
		f, err := os.OpenFile(p.note(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		if err = p.try(stepWrite); err == nil {
			_, err = f.WriteString(text)
		}
		if err != nil { // the disk is full
			err = f.Truncate(0)
		}
		if err == nil {
			err = p.syncFile(f)
		}
		missed := !isAt(f, p.note()) // a collector has taken the note, perhaps before this was written
		if err = files.WithCleanup(err, f.Close()); err != nil || !missed {
			return files.WithCleanup(err, p.syncDir(p.path))
		}
	}
	return nil
}

// isAt reports whether an open file still has a name.
func isAt(f *os.File, name string) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	at, err := os.Lstat(name)
	return err == nil && os.SameFile(is, at)
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

// takeNote takes the note, adds own, and returns both. A taken note that a killed collector has left
// goes first; the note then stays for the next collector. The caller holds the pool's lock
// exclusively.
func (p *Pool) takeNote(own garbage) garbage {
	if _, err := os.Lstat(p.taken()); errors.Is(err, fs.ErrNotExist) {
		_ = os.Rename(p.note(), p.taken()) // it may be missing
	}
	var noted garbage
	switch text, err := os.ReadFile(p.taken()); {
	case err == nil:
		noted = parseGarbage(string(text))
	case !errors.Is(err, fs.ErrNotExist):
		noted.whole = true
	}
	own.whole = own.whole || noted.whole // the taken note may be empty
	p.addTaken(own)
	return noted.and(own)
}

// addTaken adds garbage to the taken note, so that the next collector finds it if this one is killed.
// On a full disk it adds nothing, because garbage must be collected there above all.
func (p *Pool) addTaken(g garbage) {
	text := g.String()
	if text == "" {
		return
	}
	f, err := os.OpenFile(p.taken(), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err == nil {
		_, _ = f.WriteString(text)
		_ = f.Close()
	}
}

// dropNote removes the taken note once all garbage is collected.
func (p *Pool) dropNote() error { return files.IgnoreMissing(os.Remove(p.taken())) }
