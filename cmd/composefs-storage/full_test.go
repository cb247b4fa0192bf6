package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFull has file systems that are too small for convert-layer. The command must name the file without
// room and leave nothing; with more room the same command succeeds.
func TestFull(t *testing.T) {
	needs.Root(t)
	want := convertVictimIn(t, t.TempDir(), 300, 2)
	want.learn(t)
	shards := map[string]bool{}
	for _, name := range want.linked {
		shards[filepath.Dir(name)] = true
	}
	for _, tc := range []struct {
		name, full string // the directory that has too little room
		options    string
		says       string
	}{
		{"objects", "pool", "size=3m", `entry "usr/`},
		{"image", "images", "size=16k", "write images/image"},
		// All objects have room, but not their names in the pool, which tmpfs counts.
		{"commit", "pool", fmt.Sprintf("nr_inodes=%d", len(shards)+len(want.linked)*3/2), "commit object "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := convertVictimIn(t, t.TempDir(), 300, 2)
			v.image = "images/image"
			v.args = []string{"convert-layer", "layer.tar", "--pool", "pool", "--image", v.image, "--diff", "pool/diff"}
			v.diff = "pool/diff"
			remove(t, v.path("pool"))
			mkdir(t, v.path("pool"))
			mkdir(t, v.path("images"))
			mounted.Tmpfs(t, v.path(tc.full), tc.options)
			cmd := v.command()
			out, err := cmd.CombinedOutput()
			said := string(out)
			if cmd.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(said, "error: convert layer.tar: "+tc.says) ||
				strings.Count(said, "no space left on device") != 1 || strings.Count(said, "\n") != 1 {
				t.Errorf("%v, said %s", err, said)
			}
			v.checkNothing(t)
			if err := unix.Mount("", v.path(tc.full), "", unix.MS_REMOUNT, "size=100m,nr_inodes=100000"); err != nil {
				t.Fatal(err)
			}
			v.run(t)
			if string(readFile(t, v.path(v.image))) != string(want.made) || !slices.Equal(filesBelow(t, v.path(v.diff)), want.linked) {
				t.Error("with room the command made something else")
			}
		})
	}
}

// checkNothing checks that the pool is empty and nothing else is there.
func (v *victim) checkNothing(t *testing.T) {
	t.Helper()
	if has := v.objects(t); len(has) > 0 {
		t.Errorf("%d objects are left in the pool", len(has))
	}
	left := append(filesBelow(t, v.path("images")), v.staged(t)...)
	if left = append(left, filesBelow(t, v.path(v.diff))...); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestOtherFileSystem asks for a directory that cannot have links to the pool.
func TestOtherFileSystem(t *testing.T) {
	needs.Root(t)
	v := convertVictimIn(t, t.TempDir(), 10, 0)
	mkdir(t, v.path("other"))
	mounted.Tmpfs(t, v.path("other"), "size=1m")
	for _, diff := range []string{"other", "other/new", "other/empty"} {
		if diff == "other/empty" {
			mkdir(t, v.path(diff))
		}
		v.args[len(v.args)-1] = diff
		out, err := v.command().CombinedOutput()
		want := "error: convert layer.tar: " + diff + " is on another file system than the pool\nhint: "
		if err == nil || !strings.HasPrefix(string(out), want) {
			t.Errorf("%v, said %s, want %s", err, out, want)
		}
	}
	// Two mounts of one file system look like one, but cannot have common links.
	bound := v.path("bound")
	mkdir(t, bound)
	mounted.Bind(t, v.path("out"), bound)
	v.args[len(v.args)-1] = "bound/diff"
	out, err := v.command().CombinedOutput()
	if err == nil || !strings.Contains(string(out), "bound/diff is on another file system than the pool\nhint: ") {
		t.Errorf("%v, said %s", err, out)
	}
	if _, err := os.Lstat(v.path(v.image)); !os.IsNotExist(err) {
		t.Errorf("there is an image, %v", err)
	}
	v.checkNoTemporaries(t)
}
