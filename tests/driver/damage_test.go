//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// messages is a hook that keeps log messages.
type messages []string

func (m *messages) Levels() []logrus.Level { return logrus.AllLevels }

func (m *messages) Fire(e *logrus.Entry) error {
	*m = append(*m, e.Message)
	return nil
}

// logged returns the warnings and errors that are logged from now on, until the test ends.
func logged(t testing.TB) *messages {
	m := &messages{}
	hooks := logrus.StandardLogger().ReplaceHooks(logrus.LevelHooks{})
	level, out := logrus.GetLevel(), logrus.StandardLogger().Out
	logrus.AddHook(m)
	logrus.SetLevel(logrus.WarnLevel)
	logrus.SetOutput(io.Discard)
	t.Cleanup(func() {
		logrus.StandardLogger().ReplaceHooks(hooks)
		logrus.SetLevel(level)
		logrus.SetOutput(out)
	})
	return m
}

// damaged is a layer with files, some of them alike, and a function for each kind of damage.
type damaged struct {
	*store
	layer []byte
	meta  []byte // of tar-split
	names []string
}

func newDamaged(t testing.TB) *damaged {
	t.Helper()
	d := &damaged{store: newStore(t, kind{})}
	var entries []layertest.Entry
	for i := range 3 {
		content := strings.Repeat(fmt.Sprint(i), 100*(i+1))
		entries = append(entries, layertest.File(fmt.Sprint("file", i), content), layertest.File(fmt.Sprint("same", i), content))
		d.names = append(d.names, objects.Path(verity.Sum([]byte(content))))
	}
	entries = append(entries, layertest.File("small", "inline"))
	d.layer = layertest.Tar(entries...)
	d.store.layer(t, "layer", "", d.layer)
	var err error
	d.meta, err = split(d.layer)
	must(t, err)
	return d
}

func (d *damaged) pooled(i int) string { return filepath.Join(d.pool(), "objects", d.names[i]) }
func (d *damaged) link(i int) string   { return filepath.Join(d.home(), "layer", "diff", d.names[i]) }

// check puts the tar together again and compares it.
func (d *damaged) check(t testing.TB) {
	t.Helper()
	if got, err := d.reassemble(t, "layer", d.meta); err != nil || !bytes.Equal(got, d.layer) {
		t.Errorf("%d bytes of %d, %v", len(got), len(d.layer), err)
	}
}

// diff reads the layer as a tar without tar-split.
func (d *damaged) diff() error {
	r, err := d.Diff("layer", nil, "", nil, "")
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// TestNamesRestored takes names of objects from the pool, as an incomplete copy of a store
// lacks them. Mounts then lack the files, and so do all that read the layer for its tar, or
// they give the names back.
func TestNamesRestored(t *testing.T) {
	for name, read := range map[string]func(t testing.TB, d *damaged){
		"tar-split": func(t testing.TB, d *damaged) { d.check(t) },
		"diff":      func(t testing.TB, d *damaged) { must(t, d.diff()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDamaged(t)
			want := d.read(t, "layer", "ro")
			must(t, errors.Join(os.Remove(d.pooled(0)), os.RemoveAll(filepath.Dir(d.pooled(1)))))
			if found := mounted.Compare(d.read(t, "layer", "ro"), want, mounted.Allow{}); len(found) != 4 {
				t.Errorf("a mount lacks %d files, want 4: %v", len(found), found)
			}
			logs := logged(t)
			read(t, d)
			if len(*logs) != 1 || !strings.Contains((*logs)[0], "lacked 2 objects") {
				t.Errorf("logged %q", *logs)
			}
			for i := range d.names {
				if !sameInode(t, d.pooled(i), d.link(i)) {
					t.Errorf("object %d of the pool is not that of the layer", i)
				}
			}
			report(t, "mount", mounted.Compare(d.read(t, "layer", "ro"), want, mounted.Allow{}))
			read(t, d)
			if len(*logs) != 1 {
				t.Errorf("logged %q", *logs)
			}
		})
	}
}

// TestNamesNotRestored damages the layer's own link as well. Nothing is put into the pool,
// and the error contains the entry and the command that repairs it.
func TestNamesNotRestored(t *testing.T) {
	for name, damage := range map[string]func(d *damaged) error{
		"missing": func(d *damaged) error { return os.Remove(d.link(0)) },
		"changed": func(d *damaged) error { return os.WriteFile(d.link(0), bytes.Repeat([]byte("x"), 100), 0o600) },
		"longer":  func(d *damaged) error { return os.WriteFile(d.link(0), bytes.Repeat([]byte("0"), 101), 0o600) },
		"fifo":    func(d *damaged) error { return errors.Join(os.Remove(d.link(0)), unix.Mkfifo(d.link(0), 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDamaged(t)
			must(t, errors.Join(os.Remove(d.pooled(0)), damage(d)))
			logs := logged(t)
			_, err := d.reassemble(t, "layer", d.meta)
			if err == nil || !strings.Contains(err.Error(), `entry "file0"`) || !strings.Contains(err.Error(), "composefs-storage check --repair --all") {
				t.Errorf("error %v", err)
			}
			if strings.Contains(fmt.Sprint(err, d.diff()), "/proc/self/fd") {
				t.Errorf("error %v and %v name no path of the user", err, d.diff())
			}
			if err := d.diff(); err == nil {
				t.Error("Diff succeeds")
			}
			if _, err := os.Lstat(d.pooled(0)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the pool has the object: %v", err)
			}
			if len(*logs) != 0 {
				t.Errorf("logged %q", *logs)
			}
		})
	}
}

// TestNamesReadOnly takes a name from the pool of an additional image store, which the driver
// must not write to.
func TestNamesReadOnly(t *testing.T) {
	d := newDamaged(t)
	must(t, os.Remove(d.pooled(0)))
	before := listing(t, d.root())
	shared := d.share(t)
	other := newStore(t, kind{options: []string{"overlay.imagestore=" + shared}})
	_, err := other.reassemble(t, "layer", d.meta)
	if err == nil || !strings.Contains(err.Error(), "composefs-storage check --repair --root "+shared+" --all") {
		t.Errorf("error %v", err)
	}
	report(t, "store", differences(listing(t, d.root()), before))
}

// TestChangedObject changes an object. The error of tar-split is followed by the command that
// repairs it: the repair of containers/storage would remove every image with this object.
func TestChangedObject(t *testing.T) {
	for i := range 3 {
		d := newDamaged(t)
		content, err := os.ReadFile(d.pooled(i))
		must(t, err)
		must(t, os.WriteFile(d.pooled(i), bytes.ToUpper(bytes.ReplaceAll(content, []byte{content[0]}, []byte("x"))), 0o600))
		logs := logged(t)
		if _, err := d.reassemble(t, "layer", d.meta); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("checksum failed for %q", fmt.Sprint("file", i))) {
			t.Errorf("error %v", err)
		}
		if len(*logs) != 1 || !strings.Contains((*logs)[0], "composefs-storage check --repair --all") || !strings.Contains((*logs)[0], d.names[i]) {
			t.Errorf("logged %q", *logs)
		}
	}
}

// TestGetterClosed checks that a closed getter opens nothing, and is closed once.
func TestGetterClosed(t *testing.T) {
	d := newDamaged(t)
	getter, err := d.Driver.(graphdriver.DiffGetterDriver).DiffGetter("layer")
	must(t, err)
	must(t, errors.Join(getter.Close(), getter.Close()))
	if _, err := getter.Get("file0"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Get: %v", err)
	}
}

func sameInode(t testing.TB, a, b string) bool {
	t.Helper()
	x, err := os.Lstat(a)
	must(t, err)
	y, err := os.Lstat(b)
	must(t, err)
	return os.SameFile(x, y)
}
