//go:build linux

package scan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/scan"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// source makes a directory with a file of each type that needs no root.
func source(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "src")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "d"), 0o755))
	for _, size := range []int{0, 1, 64, 65, 5000} {
		must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d", size)), []byte(strings.Repeat("x", size)), 0o640))
	}
	must(os.Link(filepath.Join(dir, "f65"), filepath.Join(dir, "d", "link")))
	must(os.Symlink("f1", filepath.Join(dir, "sym")))
	must(unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	must(os.WriteFile(filepath.Join(dir, "bad\xffname\n"), nil, 0o600))
	must(os.Chtimes(filepath.Join(dir, "f1"), time.Time{}, time.Unix(1700000000, 123456789)))
	return dir
}

func lookup(t *testing.T, tr *tree.Tree, path string) *tree.Inode {
	t.Helper()
	e, ok := tr.Lookup(path)
	if !ok {
		t.Fatalf("no %s", path)
	}
	return e.Inode
}

func TestScan(t *testing.T) {
	dir := source(t)
	tr, err := scan.Dir(t.Context(), dir, scan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path   string
		size   uint64
		inline bool
	}{{"/f0", 0, false}, {"/f1", 1, true}, {"/f64", 64, true}, {"/f65", 65, false}, {"/f5000", 5000, false}} {
		n := lookup(t, tr, tc.path)
		want := verity.Sum([]byte(strings.Repeat("x", int(tc.size))))
		external := tc.size > 64
		if n.Size != tc.size || (n.Content != "") != tc.inline || (!n.Digest.IsZero()) != external || n.Nlink != 1 || n.Mode != tree.TypeRegular|0o640 {
			t.Errorf("%s: %+v", tc.path, n)
		}
		if external && (n.Digest != want || n.BackingPath() != want.String()[:2]+"/"+want.String()[2:]) {
			t.Errorf("%s: digest %x, payload %s, want %s", tc.path, n.Digest, n.Payload, want)
		}
	}
	if e, _ := tr.Lookup("/d/link"); e == nil || e.Link || e.Inode == lookup(t, tr, "/f65") {
		t.Error("a hard link is not an inode of its own")
	}
	if n := lookup(t, tr, "/sym"); n.Payload != "f1" || n.Type() != tree.TypeSymlink {
		t.Errorf("symlink: %+v", n)
	}
	if n := lookup(t, tr, "/fifo"); n.Type() != tree.TypeFifo {
		t.Errorf("fifo: %+v", n)
	}
	lookup(t, tr, "/bad\xffname\n")
	if n := lookup(t, tr, "/f1"); n.MtimeSec != 1700000000 || n.MtimeNsec != 123456789 {
		t.Errorf("mtime %d.%d", n.MtimeSec, n.MtimeNsec)
	}
	for _, threads := range []int{1, 8} {
		again, err := scan.Dir(t.Context(), dir, scan.Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		for d := range tree.Diff(tr, again) {
			t.Errorf("%d threads: %s", threads, d)
		}
	}
	epoch, err := scan.Dir(t.Context(), dir, scan.Options{Epoch: true})
	if err != nil {
		t.Fatal(err)
	}
	_ = epoch.Walk(func(path string, e *tree.Entry) error {
		if e.Inode.MtimeSec != 0 || e.Inode.MtimeNsec != 0 {
			t.Errorf("%s has a mtime", path)
		}
		return nil
	})
}

func TestXattrs(t *testing.T) {
	dir := source(t)
	if err := unix.Setxattr(filepath.Join(dir, "f1"), "user.a", []byte("value"), 0); errors.Is(err, unix.ENOTSUP) {
		t.Fatalf("%s: this file system has no user xattrs; set TMPDIR to one that has", dir)
	} else if err != nil {
		t.Fatal(err)
	}
	root := os.Getuid() == 0
	if root {
		if err := unix.Lsetxattr(filepath.Join(dir, "sym"), "trusted.b", []byte("on a symlink"), 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		opts          scan.Options
		user, trusted bool
	}{
		{scan.Options{}, true, root},
		{scan.Options{UserXattrs: true}, true, false},
		{scan.Options{SkipXattrs: true}, false, false},
	} {
		tr, err := scan.Dir(t.Context(), dir, tc.opts)
		if err != nil {
			t.Fatal(err)
		}
		if v, ok := lookup(t, tr, "/f1").Xattrs.Get("user.a"); ok != tc.user || ok && v != "value" {
			t.Errorf("%+v: user.a = %q, %t", tc.opts, v, ok)
		}
		if v, ok := lookup(t, tr, "/sym").Xattrs.Get("trusted.b"); ok != tc.trusted || ok && v != "on a symlink" {
			t.Errorf("%+v: trusted.b = %q, %t", tc.opts, v, ok)
		}
	}
}

func TestSkipDevices(t *testing.T) {
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI runs the tests as root")
		}
		t.Skip("making device nodes needs root")
	}
	dir := source(t)
	for name, dev := range map[string]int{"null": 0x103, "whiteout": 0} {
		if err := unix.Mknod(filepath.Join(dir, name), unix.S_IFCHR|0o600, dev); err != nil {
			t.Fatal(err)
		}
	}
	for _, skip := range []bool{false, true} {
		tr, err := scan.Dir(t.Context(), dir, scan.Options{SkipDevices: skip})
		if err != nil {
			t.Fatal(err)
		}
		for name, rdev := range map[string]uint32{"null": 0x103, "whiteout": 0} {
			e, ok := tr.Lookup(name)
			if ok == skip || ok && e.Inode.Rdev != rdev {
				t.Errorf("SkipDevices %t: %s is there: %t", skip, name, ok)
			}
		}
	}
}

// TestDigestStore checks the stored objects, with and without existing ones.
func TestDigestStore(t *testing.T) {
	dir, store := source(t), filepath.Join(t.TempDir(), "store")
	if err := os.Mkdir(store, 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tr, err := scan.Dir(t.Context(), dir, scan.Options{DigestStore: store})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		_ = tr.Walk(func(_ string, e *tree.Entry) error {
			if e.Inode.IsExternal() {
				want[e.Inode.BackingPath()] = true
			}
			return nil
		})
		got := 0
		err = filepath.WalkDir(store, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			got++
			rel, _ := filepath.Rel(store, path)
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			info, err := d.Info()
			if !want[rel] || strings.ReplaceAll(rel, "/", "") != verity.Sum(content).String() || info.Mode().Perm() != 0o644 {
				t.Errorf("%s with mode %v does not belong there", rel, info.Mode())
			}
			return err
		})
		if err != nil || got != len(want) || got != 2 {
			t.Errorf("%d objects, want %d: %v", got, len(want), err)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := source(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name, path string
		ctx        context.Context
		opts       scan.Options
		want       error
	}{
		{"missing", filepath.Join(dir, "nope"), t.Context(), scan.Options{}, os.ErrNotExist},
		{"a file", filepath.Join(dir, "f1"), t.Context(), scan.Options{}, syscall.ENOTDIR},
		{"a symlink to a directory", symlinkTo(t, dir), t.Context(), scan.Options{}, syscall.ENOTDIR},
		{"both xattr options", dir, t.Context(), scan.Options{SkipXattrs: true, UserXattrs: true}, syscall.EINVAL},
		{"no digest store", dir, t.Context(), scan.Options{DigestStore: filepath.Join(dir, "f1")}, syscall.ENOTDIR},
		{"cancelled", dir, cancelled, scan.Options{}, context.Canceled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tr, err := scan.Dir(tc.ctx, tc.path, tc.opts); !errors.Is(err, tc.want) || tr != nil {
				t.Errorf("Dir = %v, %v, want %v", tr, err, tc.want)
			}
		})
	}
}

func symlinkTo(t *testing.T, dir string) string {
	t.Helper()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	return link
}
