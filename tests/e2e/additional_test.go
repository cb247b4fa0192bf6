//go:build linux

package e2e_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestAdditionalStore has podmans of several kinds use a store at the same time that none
// of them can write to. Their output and trees are those of plain podman with a
// plain store.
func TestAdditionalStore(t *testing.T) {
	t.Parallel()
	plain, ours := []podman.Kind{podman.Plain}, []podman.Kind{podman.Ours, podman.OursOff}
	want := map[int]*used{}
	for _, c := range []struct {
		there  podman.Kind
		bound  bool // it is a read-only mount of a directory, not a read-only disk
		layers int  // more than the first one of rich, stock composefs cannot pull
		here   []podman.Kind
	}{
		{podman.Plain, false, 3, plain},
		{podman.Plain, false, 3, ours},
		{podman.Ours, false, 3, []podman.Kind{podman.Ours, podman.OursOff, podman.Plain, podman.StockComposefs}},
		{podman.Ours, true, 3, []podman.Kind{podman.Ours, podman.Ours}},
		{podman.Plain, false, 1, plain},
		{podman.StockComposefs, false, 1, ours},
	} {
		t.Run(fmt.Sprintf("%v, bound %v, for %v", c.there, c.bound, c.here), func(t *testing.T) {
			img := image(t, rich()[:c.layers]...)
			ref := podman.SharedRegistry(t).Push(t, fmt.Sprint("additional/", c.layers), img)
			shared := readOnly(t, c.there, c.bound, ref)
			before := writable(t, shared)
			t.Run("by", func(t *testing.T) {
				for i, kind := range c.here {
					t.Run(fmt.Sprint(i, " ", kind), func(t *testing.T) {
						t.Parallel()
						q := podman.NewStore(t).Podman(t, kind, podman.Options{Additional: []string{shared}})
						got := use(t, q, ref, img)
						if c.there == podman.Plain || kind != podman.Plain && kind != podman.StockComposefs { // see checkShared
							got.commit(t, q, ref)
						}
						q.Run("rm", "-af", "-t0")
						got.only(q, ref)
						if c.there == podman.Plain && kind == podman.Plain {
							want[c.layers] = got
							return
						}
						got.compare(t, want[c.layers])
						if kind == podman.Ours && !staysPlain(c.there) {
							got.checkMount(t, c.there, c.layers+1)
						}
					})
				}
			})
			if after := writable(t, shared); !maps.Equal(before, after) {
				t.Errorf("the store was\n%v\nand is\n%v", before, after)
			}
		})
	}
}

// TestAdditionalStores has an image with layers in three stores, of which two are not the
// podman's own.
func TestAdditionalStores(t *testing.T) {
	t.Parallel()
	ref := push(t, rich()...)
	const more = "rm /moved/new; chmod 755 /home/big; echo more >/more; touch -d @9 /more /fifo"
	build := func(t *testing.T, bottom, middle, top *podman.Podman) (tr *tree.Tree, m mountinfo.Mount) {
		bottom.Run("pull", "-q", ref)
		middle.Run("run", "--name", "box", ref, "sh", "-c", changes)
		middle.Run("commit", "-q", "box", "middle")
		middle.Run("rm", "box")
		top.Run("run", "--name", "box", "middle", "sh", "-c", more)
		top.Run("commit", "-q", "box", "top")
		dir := top.Run("image", "mount", "top")
		defer top.Run("image", "unmount", "top")
		return readTree(t, dir), podman.MountAt(t, dir)
	}
	plain := podman.New(t, podman.Plain)
	want, _ := build(t, plain, plain, plain)
	for _, c := range []struct {
		bottom, middle podman.Kind
		layers, data   int // of the mount
	}{
		{podman.Ours, podman.Ours, 1, 3},
		{podman.Plain, podman.Ours, 5, 2},
		{podman.Ours, podman.OursOff, 3, 2}, // a plain layer between two images
	} {
		t.Run(fmt.Sprint(c.bottom, " ", c.middle), func(t *testing.T) {
			t.Parallel()
			a, b := podman.New(t, c.bottom), podman.NewStore(t)
			middle := b.Podman(t, c.middle, podman.Options{Additional: []string{a.Store.Root}})
			for _, stores := range [][]string{{a.Store.Root, b.Root}, {b.Root, a.Store.Root}} {
				top := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Additional: stores})
				tr, m := build(t, a, middle, top)
				same(t, "with one plain store and with three", want, tr, "/")
				if staysPlain(c.bottom) || staysPlain(c.middle) {
					continue
				}
				if lowers, data := m.Layers(); len(lowers) != c.layers || len(data) != c.data {
					t.Errorf("lower layers %q, data-only ones %q; wanted are %d and %d", lowers, data, c.layers, c.data)
				}
			}
		})
	}
}

// staysPlain reports whether layers on those of a podman are plain: without root those on plain ones are.
func staysPlain(below podman.Kind) bool {
	return podman.WithoutRoot() && (below == podman.Plain || below == podman.OursOff)
}

// readOnly returns the root of a store with an image to which nothing can be written.
func readOnly(t *testing.T, kind podman.Kind, bound bool, ref string) string {
	t.Helper()
	if !bound {
		s := podman.NewSmallStore(t, 64<<20)
		s.Podman(t, kind, podman.Options{}).Run("pull", "-q", ref)
		s.Remount(t, true)
		t.Cleanup(func() { s.Remount(t, false) })
		return s.Root
	}
	s := podman.NewStore(t)
	s.Podman(t, kind, podman.Options{}).Run("pull", "-q", ref)
	at := filepath.Join(s.Dir, "shared")
	for _, err := range []error{
		os.Mkdir(at, 0o700), unix.Mount(s.Root, at, "", unix.MS_BIND, ""),
		unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, 0); err != nil {
			t.Error(err)
		}
	})
	return at
}

// writable returns the state of all files of a directory that a write would change, by their names.
func writable(t *testing.T, dir string) map[string]string {
	t.Helper()
	list := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err == nil {
			err = unix.Lstat(path, &st)
		}
		list[path] = fmt.Sprint(st.Ino, st.Mode, st.Nlink, st.Uid, st.Gid, st.Size, st.Mtim, st.Ctim)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}
