package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Contents of the layers of a checkedStore.
var (
	checkedA = strings.Repeat("content a\n", 30_000) // read in several pieces
	checkedB = strings.Repeat("content b\n", 500)
	checkedC = strings.Repeat("content c\n", 500) // as long as b
)

// checkedStore is a store with two layers and their merged image.
type checkedStore struct {
	t    *testing.T
	root string
	tars [][]byte
}

func newCheckedStore(t *testing.T) *checkedStore {
	t.Helper()
	needs.Root(t)
	c := &checkedStore{t: t, tars: [][]byte{
		layertest.Tar(layertest.Dir("usr/"), layertest.File("usr/a", checkedA), layertest.File("usr/b", checkedB), layertest.File("tiny", "tiny"), layertest.File("empty", "")),
		layertest.Tar(layertest.File("again", checkedB), layertest.File("usr/c", checkedC), layertest.File("usr/.wh.a", "")),
	}}
	c.root = newStore(t, c.tars...)
	call(t, "prepare", "app")
	return c
}

func digest(content string) verity.Digest { return verity.Sum([]byte(content)) }

func (c *checkedStore) pooled(content string) string {
	return filepath.Join(c.root, "overlay-composefs/objects", objects.Path(digest(content)))
}

func (c *checkedStore) object(layer, content string) string {
	return filepath.Join(c.root, "overlay", layer, "diff", objects.Path(digest(content)))
}

func (c *checkedStore) blob(layer, name string) string {
	return filepath.Join(c.root, "overlay", layer, "composefs-data", name)
}

// check runs the command, which must end with that code, and returns its report.
func (c *checkedStore) check(code int, args ...string) *fsck.Report {
	c.t.Helper()
	var out, complaints bytes.Buffer
	if got := run(append([]string{"composefs-storage", "check", "--json"}, args...), streams{nil, &out, &complaints}); got != code {
		c.t.Fatalf("check %s: exit code %d, want %d: %s%s", args, got, code, complaints.String(), out.String())
	}
	r := &fsck.Report{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// flip changes a byte of a file in the middle and nothing else of it.
func (c *checkedStore) flip(path string) { c.flipAt(path, -1) }

func (c *checkedStore) flipAt(path string, at int64) {
	c.t.Helper()
	info, err := os.Stat(path)
	c.must(err)
	if at < 0 {
		at = info.Size() / 2
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	c.must(err)
	b := []byte{0}
	_, err = f.ReadAt(b, at)
	c.must(err)
	b[0] ^= 0x20
	_, err = f.WriteAt(b, at)
	c.must(err)
	c.must(f.Close())
	c.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
}

func (c *checkedStore) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// write gives a file below the layers a content.
func (c *checkedStore) write(name, content string) {
	c.must(os.WriteFile(filepath.Join(c.root, "overlay", name), []byte(content), 0o600))
}

// told is the part of a finding that tests compare: kind, object and the files of the image.
func told(f *fsck.Finding) string {
	words := []string{string(f.Severity) + ": " + string(f.Kind)}
	for name, content := range map[string]string{"a": checkedA, "b": checkedB, "c": checkedC, "tiny": "tiny"} {
		if f.Object == objects.Path(digest(content)) {
			words = append(words, name)
		}
	}
	words = append(words, strings.Join(f.Layers, "+"))
	for _, u := range f.Uses {
		words = append(words, strings.Join(u.Names, "+")+"="+strings.Join(u.Files, "+"))
	}
	return strings.Join(words, " ")
}

func toldAll(r *fsck.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, told(f))
	}
	return all
}

// state is the contents of a store by name, without directories.
func (c *checkedStore) state() map[string]syscall.Stat_t {
	all := map[string]syscall.Stat_t{}
	c.must(filepath.WalkDir(c.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			st := *info.Sys().(*syscall.Stat_t)
			st.Atim, st.Ctim = syscall.Timespec{}, syscall.Timespec{}
			all[path] = st
		}
		return err
	}))
	return all
}

func (c *checkedStore) tar(i int) string {
	path := filepath.Join(c.t.TempDir(), "layer.tar")
	c.must(os.WriteFile(path, c.tars[i], 0o600))
	return path
}
