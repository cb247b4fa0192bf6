package objects_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// writeObject writes an object into an object directory.
func writeObject(t *testing.T, dir, content string) (path string) {
	t.Helper()
	path = filepath.Join(dir, objects.Path(verity.Sum([]byte(content))))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

// sameInode reports whether the pool's object of a content is a file.
func sameInode(t *testing.T, p *objects.Pool, content, path string) bool {
	t.Helper()
	a, err := os.Stat(p.ObjectPath(verity.Sum([]byte(content))))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// TestTakeFrom adds contents that other directories have. Only staged batches take them.
func TestTakeFrom(t *testing.T) {
	for _, staged := range []bool{true, false} {
		p, dir := open(t), t.TempDir()
		contents := []string{strings.Repeat("a", 100), strings.Repeat("b", 200<<10)}
		var paths []string
		for i, content := range contents {
			paths = append(paths, writeObject(t, filepath.Join(dir, string("xy"[i])), content))
		}
		p.TakeFrom(objects.Sources{Dirs: []string{dir + "/missing", dir + "/x", dir + "/y"}})
		b, err := p.BeginStaged()
		if !staged {
			b, err = p.Begin(t.TempDir())
		}
		if err != nil {
			t.Fatal(err)
		}
		add(t, b, contents[0])
		for range 2 { // the second time the layer has it
			if _, err := b.AddFrom(strings.NewReader(contents[1]), int64(len(contents[1]))); err != nil {
				t.Fatal(err)
			}
		}
		stats := b.Stats()
		if want := map[bool]int{true: 0, false: 2}[staged]; stats.New != want || stats.Files != 3 || stats.Objects != 2 {
			t.Errorf("staged %v: %+v", staged, stats)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		for i, path := range paths {
			if same := sameInode(t, p, contents[i], path); same != staged {
				t.Errorf("staged %v: content %d is linked: %v", staged, i, same)
			}
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if !staged {
			continue
		}
		// The source keeps its objects in the pool, until it drops them.
		if c, err := p.Collect(t.Context(), false); err != nil || c.Objects != 0 {
			t.Errorf("collected %+v, %v", c, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if c, err := p.Collect(t.Context(), false); err != nil || c.Objects != 2 {
			t.Errorf("collected %+v, %v", c, err)
		}
	}
}

// TestTakeReflinks takes files of another user on btrfs: as reflinks, which that user cannot change. A
// damaged file is not taken.
func TestTakeReflinks(t *testing.T) {
	dir := btrfs(t)
	p, err := objects.Open(filepath.Join(dir, "pool"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing is written through it
	good, bad := strings.Repeat("good", 4<<20), strings.Repeat("bad ", 4<<20)
	goodPath, badPath := writeObject(t, dir+"/x", good), writeObject(t, dir+"/x", bad)
	err = errors.Join(os.WriteFile(badPath, []byte(strings.Repeat("BAD ", 4<<20)), 0o644), os.Chown(goodPath, 1, 1), os.Chown(badPath, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	var damaged []error
	p.TakeFrom(objects.Sources{Dirs: []string{dir + "/x"}, Damaged: func(_ string, err error) { damaged = append(damaged, err) }})
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // nothing to commit
	before := used(t, dir)
	d := add(t, b, good)
	if grown := used(t, dir) - before; grown > 4<<20 {
		t.Errorf("the object takes %d bytes", grown)
	}
	e := add(t, b, bad)
	if s := b.Stats(); s.New != 1 || s.Objects != 2 {
		t.Errorf("%+v", s)
	}
	if len(damaged) != 1 || !errors.Is(damaged[0], objects.ErrDamaged) {
		t.Errorf("damaged: %v", damaged)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	checkContent(t, dir+"/pool/objects", d, good)
	checkContent(t, dir+"/pool/objects", e, bad)
	if sameInode(t, p, good, goodPath) {
		t.Error("the object is a link to a file of another user")
	}
}

// used returns the number of bytes in use on a file system.
func used(t *testing.T, dir string) int64 {
	t.Helper()
	unix.Sync()
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	return int64(st.Blocks-st.Bfree) * int64(st.Bsize) //nolint:unconvert // 32 bits on some architectures
}

// btrfs mounts a new file system for the duration of the test.
func btrfs(t *testing.T) string {
	t.Helper()
	needs.Root(t)
	mkfs := needs.Program(t, "mkfs.btrfs", "btrfs-progs")
	if known, err := os.ReadFile("/proc/filesystems"); err != nil || !strings.Contains(string(known), "\tbtrfs\n") {
		t.Skip("the kernel does not have btrfs")
	}
	disk, dir := filepath.Join(t.TempDir(), "disk"), t.TempDir()
	err := errors.Join(os.WriteFile(disk, nil, 0o600), os.Truncate(disk, 256<<20))
	if err == nil {
		err = exec.Command(mkfs, "-q", disk).Run()
	}
	if err == nil {
		err = exec.Command("mount", "-o", "loop", disk, dir).Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	return dir
}
