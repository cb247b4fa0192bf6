package tree

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// NameMax is the longest name of an entry in bytes (NAME_MAX of Linux and the
// limit of EROFS).
const NameMax = 255

// ErrExist is returned for an existing name.
var ErrExist = errors.New("name exists")

// ErrName is returned for a name that no directory can hold: empty, ".", "..",
// longer than [NameMax] or containing "/" or NUL.
var ErrName = errors.New("invalid name")

// Entry is a name in a directory.
type Entry struct {
	Name  string
	Inode *Inode

	// Link marks a further name of an inode whose real entry is elsewhere in the tree.
	Link bool
}

// Dir is the sorted set of entries of a directory; the zero value is empty.
//
// The entries are in sorted runs of at most runMax, so that adding in any order stays cheap in a
// directory of a million names, while the usual small directory is one slice.
type Dir struct {
	runs [][]Entry
	n    int
	room uint16 // of the first run, when it is made

	// Opaque, in a layer: the directory hides all layers below.
	Opaque bool

	// Implied, in a layer: the directory has no entry of its own and exists because a file is
	// in it. Its metadata has no meaning.
	Implied bool
}

// runMax limits the entries that one insertion moves: 512 of 32 bytes.
const runMax = 512

// Len returns the number of entries.
func (d *Dir) Len() int { return d.n }

// Lookup returns the entry of that name. The pointer is valid until the
// directory changes.
func (d *Dir) Lookup(name string) (e *Entry, ok bool) {
	r, i, ok := d.find(name)
	if !ok {
		return nil, false
	}
	return &d.runs[r][i], true
}

// Add adds e to the directory. It returns ErrName or ErrExist, wrapped with the name, and then
// changes nothing.
func (d *Dir) Add(e Entry) error {
	if err := CheckName(e.Name); err != nil {
		return err
	}
	r, i, ok := d.find(e.Name)
	if ok {
		return fmt.Errorf("%q: %w", e.Name, ErrExist)
	}
	d.insert(r, i, e)
	return nil
}

// NewSizedDir returns an empty directory with room for n entries.
func NewSizedDir(n int) *Dir { return &Dir{room: uint16(min(n, runMax))} }

// Remove removes the entry of that name and reports whether it existed. It does not change the
// inode: if the inode has further names, the caller makes one of them the real entry.
func (d *Dir) Remove(name string) bool {
	r, i, ok := d.find(name)
	if !ok {
		return false
	}
	d.runs[r] = slices.Delete(d.runs[r], i, i+1)
	if len(d.runs[r]) == 0 {
		d.runs = slices.Delete(d.runs, r, r+1)
	}
	d.n--
	return true
}

// All yields the entries in name order. The directory must not change during the iteration.
func (d *Dir) All() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for _, run := range d.runs {
			for i := range run {
				if !yield(&run[i]) {
					return
				}
			}
		}
	}
}

// CheckName returns ErrName if no directory can hold an entry of that name.
func CheckName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > NameMax ||
		strings.IndexByte(name, '/') >= 0 || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("%w %q", ErrName, name)
	}
	return nil
}

// find returns the place of name, or the place where it would be inserted: run and index.
func (d *Dir) find(name string) (run, index int, ok bool) {
	if len(d.runs) == 0 {
		return 0, 0, false
	}
	last := len(d.runs) - 1
	if tail := d.runs[last]; tail[len(tail)-1].Name < name {
		return last, len(tail), false // names mostly come in order
	}
	run, _ = slices.BinarySearchFunc(d.runs, name, func(r []Entry, name string) int {
		return strings.Compare(r[len(r)-1].Name, name)
	})
	index, ok = slices.BinarySearchFunc(d.runs[run], name, func(e Entry, name string) int {
		return strings.Compare(e.Name, name)
	})
	return run, index, ok
}

func (d *Dir) insert(r, i int, e Entry) {
	d.n++
	switch {
	case len(d.runs) == 0:
		d.runs = [][]Entry{append(make([]Entry, 0, max(1, d.room)), e)}
	case len(d.runs[r]) < runMax:
		d.runs[r] = slices.Insert(d.runs[r], i, e)
	case i == runMax: // in order: leave a full run behind
		d.runs = slices.Insert(d.runs, r+1, []Entry{e})
	default:
		half := slices.Clone(d.runs[r][runMax/2:])
		d.runs[r] = slices.Clip(d.runs[r][:runMax/2])
		d.runs = slices.Insert(d.runs, r+1, half)
		if i > runMax/2 {
			r, i = r+1, i-runMax/2
		}
		d.runs[r] = slices.Insert(d.runs[r], i, e)
	}
}

// Clone returns a directory with the same entries; the inodes are shared.
func (d *Dir) Clone() *Dir {
	c := &Dir{runs: make([][]Entry, len(d.runs)), n: d.n, Opaque: d.Opaque, Implied: d.Implied}
	for i, run := range d.runs {
		c.runs[i] = slices.Clone(run)
	}
	return c
}
