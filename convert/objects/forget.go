package objects

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// A damaged object without a good copy loses its name in the pool, so that no layer links it any
// more and the next layer with this content writes it anew. The layers keep the damaged file,
// because they are no better without it. A note lists its names, relative to the pool, and the
// next writer of the content replaces them:
//
//	DIR/damaged/abcdef…    "../overlay/LAYER/diff/ab/cdef…", a line each

func (p *Reader) damaged() string { return filepath.Join(p.path, "damaged") }

// Forget removes a damaged object from the pool. The next [Batch.Commit] or repair that has its
// content replaces the files at names too.
func (r *Repair) Forget(d verity.Digest, names []string) error {
	if len(names) > 0 {
		if err := r.pool.noteDamaged(d, names); err != nil {
			return err
		}
	}
	return files.IgnoreMissing(r.pool.unlinkObject(Path(d)))
}

// noteDamaged writes the note of an object and makes it durable.
func (p *Pool) noteDamaged(d verity.Digest, names []string) error {
	var text strings.Builder
	for _, name := range names {
		rel, err := filepath.Rel(p.path, name)
		if err != nil {
			return err
		}
		text.WriteString(rel + "\n")
	}
	if err := os.Mkdir(p.damaged(), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := filepath.Join(p.damaged(), temporary())
	if err := os.WriteFile(temp, []byte(text.String()), 0o600); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(p.damaged(), d.String())); err != nil {
		return files.WithCleanup(err, os.Remove(temp))
	}
	return p.syncDir(p.damaged())
}

// Damaged returns the digests of forgotten objects whose content has not come back yet.
func (p *Reader) Damaged() (all []verity.Digest, err error) {
	names, err := readNames(unix.AT_FDCWD, p.damaged())
	for _, name := range names {
		if d, err := verity.ParseDigest(name); err == nil {
			all = append(all, d)
		}
	}
	return all, files.IgnoreMissing(err)
}

// mend replaces damaged files of layers with new objects. A failure leaves the note in place and
// is not reported: it must not fail the batch that brought the content.
func (p *Pool) mend(brought []fresh) {
	noted, err := p.Damaged()
	if err != nil || len(noted) == 0 {
		return
	}
	waiting := map[verity.Digest]bool{}
	for _, d := range noted {
		waiting[d] = true
	}
	for _, f := range brought {
		if waiting[f.digest] {
			_ = p.mendObject(f.digest)
		}
	}
	_ = os.Remove(p.damaged()) // unless something is left in it
}

func (p *Pool) mendObject(d verity.Digest) error {
	note := filepath.Join(p.damaged(), d.String())
	text, err := os.ReadFile(note)
	if err != nil {
		return err
	}
	for name := range strings.Lines(string(text)) {
		name = filepath.Join(p.path, strings.TrimSuffix(name, "\n"))
		// The layer may have been removed.
		if err := files.IgnoreMissing(p.nameLike(p.ObjectPath(d), name)); err != nil {
			return err
		}
	}
	return os.Remove(note)
}
