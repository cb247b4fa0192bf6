//go:build linux

package driver_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// mutator does to two mounts the same as a container might do, at random. What it
// makes or changes gets times that do not depend on the clock, unless it is a
// directory.
type mutator struct {
	t            testing.TB
	r            *rand.Rand
	ours, theirs string // mount points

	// copies: the kernel may rename directories of lower layers in ours, which stock
	// mounts refuse: they are moved as mv does it then.
	copies bool

	// alike: they are left alone then.
	alike bool

	// gentle: no directory replaces a file. The stock driver cannot list the changes
	// then.
	gentle bool

	files, dirs []string               // the existing ones, "" for the root
	ghosts      []string               // listed but missing: overlayfs lists some whiteouts
	kinds       map[string]fs.FileMode // and of what type
	first       map[string]fs.FileMode // as it was at first
	clock       int64
	log         []string
}

// newMutator returns one that is gentle if the seed is odd. What it did is logged if the
// test fails.
func newMutator(t testing.TB, seed uint64, ours, theirs string) *mutator {
	t.Helper()
	m := &mutator{t: t, r: rand.New(rand.NewPCG(seed, 7)), ours: ours, theirs: theirs, gentle: seed%2 == 1, clock: 1_500_000_000}
	m.list()
	m.first = m.kinds
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("changes:\n%s", strings.Join(m.log, "\n"))
		}
	})
	return m
}

// mutate makes n changes.
func (m *mutator) mutate(n int) {
	m.t.Helper()
	for range n {
		m.list()
		steps[m.r.IntN(len(steps))](m)
	}
}

// wasFile reports whether a directory must not come there.
func (m *mutator) wasFile(path string) bool {
	k, ok := m.first[path]
	return m.gentle && ok && !k.IsDir()
}

// settle gives directories the same metadata in both mounts.
func settle(t testing.TB, dirs map[string]bool, mounts ...string) {
	t.Helper()
	for dir := range dirs {
		for _, root := range mounts {
			path, names := in(root, dir), make([]byte, 1<<16)
			must(t, errors.Join(os.Lchown(path, 0, 0), unix.Chmod(path, 0o755)))
			n, err := unix.Llistxattr(path, names)
			must(t, err)
			for name := range strings.FieldsFuncSeq(string(names[:n]), func(r rune) bool { return r == 0 }) {
				must(t, unix.Lremovexattr(path, name))
			}
		}
	}
}

// list lists the stock mount.
func (m *mutator) list() {
	m.files, m.ghosts, m.dirs, m.kinds = nil, nil, []string{""}, map[string]fs.FileMode{}
	err := filepath.WalkDir(m.theirs, func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimPrefix(strings.TrimPrefix(path, m.theirs), "/")
		if errors.Is(err, fs.ErrNotExist) || name == "" {
			return nil
		}
		if err == nil && e.IsDir() {
			m.dirs = append(m.dirs, name)
		} else if err == nil {
			if _, err := os.Lstat(path); err != nil {
				m.ghosts = append(m.ghosts, name)
				return nil //nolint:nilerr // a name that leads nowhere
			}
			m.files = append(m.files, name)
		}
		if err == nil {
			m.kinds[name] = e.Type()
		}
		return err
	})
	must(m.t, err)
}

// do makes a change in both mounts. They must answer with the same error, or none.
func (m *mutator) do(what string, change func(root string) error) {
	m.t.Helper()
	theirs, ours := change(m.theirs), change(m.ours)
	m.log = append(m.log, fmt.Sprintf("%s: %v", what, theirs))
	if errno(ours) != errno(theirs) {
		m.t.Errorf("%s: %v, stock %v", what, ours, theirs)
	}
}

func errno(err error) syscall.Errno {
	var n syscall.Errno
	if err != nil && !errors.As(err, &n) {
		panic(err)
	}
	return n
}

func pick[T any](m *mutator, list ...T) T { return list[m.r.IntN(len(list))] }

// file returns something that is no directory and for which ok holds, or "".
func (m *mutator) file(ok func(fs.FileMode) bool) string {
	var list []string
	for _, name := range m.files {
		if ok(m.kinds[name]) {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return pick(m, list...)
}

func anyKind(fs.FileMode) bool      { return true }
func regular(k fs.FileMode) bool    { return k.IsRegular() }
func noSymlink(k fs.FileMode) bool  { return k&fs.ModeSymlink == 0 }
func (m *mutator) dir() string      { return pick(m, m.dirs...) }
func (m *mutator) size() int        { return pick(m, 0, 1, 64, 65, 5000, 200_000) }
func (m *mutator) oneIn(n int) bool { return m.r.IntN(n) == 0 }
func in(root, name string) string   { return filepath.Join(root, name) }

// redirectable reports whether a file of a lower layer can get another name. With
// metacopy=on, overlayfs keeps the old one, of which it takes 256 bytes at most.
func (m *mutator) redirectable(path string) bool { return !m.copies || len(path) < 250 }

// fresh returns a path for a new file, sometimes that of an existing one.
func (m *mutator) fresh() string {
	if m.oneIn(6) {
		return fmt.Sprintf("%02x", m.r.IntN(256)) // in the root, as directories of objects
	}
	return in(m.dir(), pick(m, "new", "a0", "b1", "c2", ".hidden", "x y", "é", fmt.Sprintf("n%d", m.r.IntN(100))))
}

// content returns bytes that nothing else has.
func (m *mutator) content() []byte {
	b := make([]byte, m.size())
	for i := range b {
		b[i] = byte(m.r.Uint32())
	}
	return b
}

// stamp returns what sets the times of a file.
func (m *mutator) stamp() func(path string) error {
	m.clock++
	times := []unix.Timespec{{Sec: time.Now().Unix()}, {Sec: m.clock, Nsec: int64(m.r.IntN(1e9))}}
	return func(path string) error {
		return unix.UtimesNanoAt(unix.AT_FDCWD, path, times, unix.AT_SYMLINK_NOFOLLOW)
	}
}
