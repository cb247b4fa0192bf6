package mountinfo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// odd are names of all that is escaped somewhere.
var odd = []string{"a b", "ü", `a\b`, "a,b", "a:b", "a#b", "a=b", "a\tb", "a\nb", `a\040b`, `a\,b`}

// TestKernel mounts at, and from, odd names, and overlays with odd layers by mount(2) and
// by fsconfig(2): the kernel's table gives the names back.
func TestKernel(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	for _, name := range odd {
		path := filepath.Join(dir, name)
		for _, sub := range []string{"at", "lower", "upper"} {
			must(t, os.MkdirAll(filepath.Join(path, sub), 0o755))
		}
		place, lower := filepath.Join(path, "at"), filepath.Join(path, "lower")
		check := func(how string, want mountinfo.Mount) {
			t.Helper()
			mounts, err := mountinfo.Self()
			must(t, err)
			m, ok := mountinfo.At(mounts, place)
			if lowers, _ := m.Layers(); !ok || m.Source != want.Source || !slices.Equal(lowers, want.Options["lowers"]) {
				t.Errorf("%s: %+v, want %+v", how, m, want)
			}
			must(t, unix.Unmount(place, 0))
		}
		must(t, unix.Mount(name, place, "tmpfs", 0, ""))
		check(name+": a source", mountinfo.Mount{Source: name})

		upper := filepath.Join(path, "upper")
		lowers := map[string][]string{"lowers": {lower, upper}}
		escape := strings.NewReplacer(`\`, `\\`, ":", `\:`, ",", `\,`).Replace
		must(t, unix.Mount("o", place, "overlay", 0, "lowerdir="+escape(lower)+":"+escape(upper)))
		check(name+": mount(2)", mountinfo.Mount{Source: "o", Options: lowers})

		overlay(t, place, "lowerdir+", lower, "lowerdir+", upper)
		check(name+": fsconfig(2)", mountinfo.Mount{Source: "none", Options: lowers})

		must(t, unix.Mount(lower, place, "", unix.MS_BIND, ""))
		mounts, err := mountinfo.Self()
		must(t, err)
		if m, ok := mountinfo.At(mounts, place); !ok || !strings.HasSuffix(m.Root, "/"+name+"/lower") {
			t.Errorf("%q: the root of a bind mount is %q", name, m.Root)
		}
		must(t, unix.Unmount(place, 0))
	}
}

// TestLongLine reads an overlay whose options are longer than the 64 KiB of a bufio.Scanner.
func TestLongLine(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	var options, lowers []string
	for i := range 400 {
		layer := filepath.Join(dir, fmt.Sprint(strings.Repeat("l", 190-len(dir)), i))
		must(t, os.Mkdir(layer, 0o755))
		options, lowers = append(options, "lowerdir+", layer), append(lowers, layer)
	}
	place := filepath.Join(dir, "at")
	must(t, os.Mkdir(place, 0o755))
	overlay(t, place, options...)
	defer func() { must(t, unix.Unmount(place, 0)) }()
	mounts, err := mountinfo.Self()
	must(t, err)
	m, _ := mountinfo.At(mounts, place)
	if got, _ := m.Layers(); !slices.Equal(got, lowers) {
		t.Errorf("%d layers, want %d: %.500q", len(got), len(lowers), got)
	}
}

// overlay mounts an overlay with options of fsconfig(2), pairs of keys and values.
func overlay(t *testing.T, place string, options ...string) {
	t.Helper()
	fs, err := unix.Fsopen("overlay", unix.FSOPEN_CLOEXEC)
	must(t, err)
	defer unix.Close(fs) //nolint:errcheck // nothing is written
	for i := 0; i < len(options); i += 2 {
		must(t, unix.FsconfigSetString(fs, options[i], options[i+1]))
	}
	must(t, unix.FsconfigCreate(fs))
	mnt, err := unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(mnt) //nolint:errcheck // nothing is written
	must(t, unix.MoveMount(mnt, "", unix.AT_FDCWD, place, unix.MOVE_MOUNT_F_EMPTY_PATH))
}

// TestNamespaces sees the mounts of another mount namespace, after its own.
func TestNamespaces(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	leave := mounttest.Elsewhere(t, fmt.Sprintf(`mount -t tmpfs elsewhere "%s"`, dir))
	defer leave()
	tables, err := mountinfo.Namespaces()
	must(t, err)
	if len(tables) < 2 {
		t.Fatalf("%d tables", len(tables))
	}
	if _, ok := mountinfo.At(tables[0], "/proc"); !ok {
		t.Error("the first table lacks a mount of this process")
	}
	if _, ok := mountinfo.At(tables[0], dir); ok {
		t.Error("it is mounted here")
	}
	if !slices.ContainsFunc(tables[1:], func(table []mountinfo.Mount) bool {
		m, ok := mountinfo.At(table, dir)
		return ok && m.Source == "elsewhere"
	}) {
		t.Error("the mount of the other namespace is missing")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
