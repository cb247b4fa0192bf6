package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// victim is a command that writes an image, links objects into a directory, and gets
// into trouble. It runs in dir, where "pool" is its pool.
type victim struct {
	dir         string
	args        []string
	image, diff string                        // below dir
	whole       bool                          // diff appears as a whole
	reset       func(t *testing.T, round int) // prepares a run; the image may be there, as oldImage
	kept        []string                      // files below dir that must stay as they are

	// The result of an undisturbed run.
	took   time.Duration
	made   []byte
	linked []string        // files of diff
	before []verity.Digest // objects that the pool has before
	after  []verity.Digest // and then
}

const oldImage = "not an image"

func (v *victim) path(name string) string { return filepath.Join(v.dir, name) }

func (v *victim) command() *exec.Cmd {
	cmd := exec.Command("composefs-storage", v.args...) // that of the scripts
	cmd.Dir = v.dir
	return cmd
}

// run runs the command undisturbed.
func (v *victim) run(t *testing.T) {
	t.Helper()
	if out, err := v.command().CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", v.args, err, out)
	}
}

// learn records the result of an undisturbed run.
func (v *victim) learn(t *testing.T) {
	t.Helper()
	v.begin(t, 0)
	v.before = v.objects(t)
	start := time.Now()
	v.run(t)
	v.took = time.Since(start)
	v.made = readFile(t, v.path(v.image))
	v.linked = filesBelow(t, v.path(v.diff))
	v.after = v.objects(t)
	if len(v.before) == 0 || len(v.after) <= len(v.before) {
		t.Fatalf("the pool has %d objects before and %d after", len(v.before), len(v.after))
	}
}

// begin makes everything as it is before a run.
func (v *victim) begin(t *testing.T, round int) {
	t.Helper()
	v.reset(t, round)
	v.withPool(t, func(p *objects.Pool) error {
		_, err := p.Collect(t.Context(), false)
		return err
	})
}

// checkMade checks that everything is as after an undisturbed run, and that nothing
// else is left.
func (v *victim) checkMade(t *testing.T) {
	t.Helper()
	if !bytes.Equal(readFile(t, v.path(v.image)), v.made) {
		t.Error("the image is another one than that of an undisturbed run")
	}
	if got := filesBelow(t, v.path(v.diff)); !slices.Equal(got, v.linked) {
		t.Errorf("%d files in %s, want %d; too many: %v", len(got), v.diff, len(v.linked),
			slices.DeleteFunc(got, func(name string) bool { return slices.Contains(v.linked, name) }))
	}
	if got := v.objects(t); !slices.Equal(got, v.after) {
		t.Errorf("%d objects in the pool, want %d", len(got), len(v.after))
	}
	v.checkNoTemporaries(t)
}

// checkNoTemporaries checks that nothing is left beside the image.
func (v *victim) checkNoTemporaries(t *testing.T) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(filepath.Dir(v.path(v.image)), ".*tmp*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// staged returns the names in the pool's staging area.
func (v *victim) staged(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(v.path("pool/staging"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// withPool calls fn with the pool.
func (v *victim) withPool(t *testing.T, fn func(*objects.Pool) error) {
	t.Helper()
	p, err := objects.Open(v.path("pool"), objects.Options{})
	if err == nil {
		err = errors.Join(fn(p), p.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// objects returns the objects of the pool, sorted.
func (v *victim) objects(t *testing.T) (found []verity.Digest) {
	t.Helper()
	v.withPool(t, func(p *objects.Pool) error {
		return p.Walk(t.Context(), func(d verity.Digest, _ objects.Info) error {
			found = append(found, d)
			return nil
		})
	})
	return found
}

// keep returns the contents of the files that must stay.
func (v *victim) keep(t *testing.T) map[string][sha256.Size]byte {
	t.Helper()
	sums := map[string][sha256.Size]byte{}
	for _, name := range v.kept {
		sums[name] = sha256.Sum256(readFile(t, v.path(name)))
	}
	return sums
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// filesBelow returns the paths of the files below dir, sorted, and nil if there is no
// dir.
func filesBelow(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := walkFiles(dir, func(name string) error {
		names = append(names, name)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}
