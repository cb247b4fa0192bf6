//go:build linux

package trace_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/seccomp"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

func TestMain(m *testing.M) {
	seccomp.Enter()
	os.Exit(m.Run())
}

// changes makes changes of each kind, and returns those that a tracer should see.
func changes(dir string) ([]trace.Change, error) {
	file, other := filepath.Join(dir, "d/file"), filepath.Join(dir, "d/other")
	err := os.Mkdir(filepath.Join(dir, "d"), 0o700)
	if err == nil {
		err = os.WriteFile(file, []byte("content"), 0o600)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // a test's
	_, err = f.WriteAt([]byte("x"), 1)
	err = errors.Join(err, f.Truncate(3), f.Sync(), f.Chmod(0o640), os.Lchown(file, 0, 0),
		os.Link(file, other), os.Rename(other, other+"2"), os.Symlink("x", filepath.Join(dir, "link")),
		os.NewSyscallError("syncfs", unix.Syncfs(int(f.Fd()))), os.Remove(filepath.Join(dir, "link")),
		os.WriteFile("/dev/null", []byte("elsewhere"), 0o600))
	return []trace.Change{
		{trace.Mkdir, "d", ""}, {trace.Create, "d/file", ""}, {trace.Write, "d/file", ""}, {trace.Write, "d/file", ""},
		{trace.Truncate, "d/file", ""}, {trace.Sync, "d/file", ""}, {trace.Chmod, "d/file", ""}, {trace.Chown, "d/file", ""},
		{trace.Link, "d/file", "d/other"}, {trace.Rename, "d/other", "d/other2"}, {trace.Symlink, "link", ""},
		{trace.Syncfs, "d/file", ""}, {trace.Remove, "link", ""},
	}, err
}

// TestRun traces changes of each kind, and has each of them fail.
func TestRun(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		var want []trace.Change
		var err error
		got, hit := tracer.Do(t.TempDir(), trace.Fault{}, func() {})
		if len(got) > 0 || hit {
			t.Errorf("nothing: %v, %v", got, hit)
		}
		dir := t.TempDir()
		got, hit = tracer.Do(dir, trace.Fault{}, func() { want, err = changes(dir) })
		if err != nil || hit || !slices.Equal(got, want) {
			t.Errorf("%v, %v, %v\nwant %v", err, hit, got, want)
		}
		for i := range want {
			dir := t.TempDir()
			got, hit := tracer.Do(dir, trace.Fault{At: i, Errno: unix.EDOM}, func() { _, err = changes(dir) })
			if !hit || !errors.Is(err, unix.EDOM) || len(got) <= i || got[i] != want[i] {
				t.Errorf("fault at %d: %v, %v, %v", i, hit, err, got)
			}
		}
		dir = t.TempDir()
		got, hit = tracer.Do(dir, trace.Fault{At: 1, Op: trace.Write, Path: "d/", Errno: unix.EDOM}, func() { _, err = changes(dir) })
		if !hit || !errors.Is(err, unix.EDOM) || got[3] != want[3] {
			t.Errorf("fault at the second write: %v, %v, %v", hit, err, got)
		}
	})
}

// TestVictim kills itself before each change.
func TestVictim(t *testing.T) {
	needs.Root(t)
	if words, tracer := trace.Words(); words != nil {
		at, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatal(err)
		}
		tracer.Do(words[0], trace.Fault{At: at, Kill: true}, func() { _, err = changes(words[0]) })
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	for at, left := range map[int]string{0: "", 1: "d", 9: "d/other", 13: "d/other2"} {
		dir := t.TempDir()
		killed := trace.Victim(t, dir, strconv.Itoa(at))
		if killed != (at < 13) {
			t.Errorf("at %d: killed %v", at, killed)
		}
		if _, err := os.Lstat(filepath.Join(dir, left)); err != nil {
			t.Errorf("at %d: %v", at, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, "link")); err == nil {
			t.Errorf("at %d: the last change was made, or the last but one", at)
		}
	}
}
