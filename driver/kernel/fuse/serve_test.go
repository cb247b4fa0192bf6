package fuse_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

// serveEnv has the test binary serve the image that it names on descriptor 3.
const serveEnv = "COMPOSEFS_TEST_SERVE"

func TestMain(m *testing.M) {
	if path := os.Getenv(serveEnv); path != "" {
		if err := serve(path, os.NewFile(3, "/dev/fuse")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(path string, connection *os.File) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	view, err := erofs.NewView(b)
	if err != nil {
		return err
	}
	if os.Getenv(serveEnv+"_AGAIN") != "" {
		if err := fuse.Resume(connection); err != nil {
			return err
		}
	}
	count := func() {}
	if after, err := strconv.ParseUint(os.Getenv(serveEnv+"_KILLED_AFTER"), 10, 64); err == nil {
		count = killedAfter(after)
	}
	return fuse.NewServer(view, count).Serve(connection)
}

// killedAfter returns a function that counts requests. After so many of them this process is killed, during one of
// the next ones. On a busy machine that takes a while: after twice as many, the function waits for it.
func killedAfter(after uint64) func() {
	var requests atomic.Uint64
	go func() {
		for requests.Load() < after {
			runtime.Gosched()
		}
		_ = unix.Kill(os.Getpid(), unix.SIGKILL)
	}()
	return func() {
		if requests.Add(1) >= 2*after {
			select {}
		}
	}
}

// writeImage writes the image of a tree.
func writeImage(t *testing.T, path string, root *tree.Tree) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = erofs.Write(f, root, erofs.Options{Format: erofs.V1})
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// mountFUSE mounts FUSE on target. The caller closes the connection after it has unmounted.
func mountFUSE(t *testing.T, target string) *os.File {
	t.Helper()
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	mnt, err := mount.FUSE(device)
	if err != nil {
		t.Fatal(err)
	}
	defer mnt.Close() //nolint:errcheck // the mount stays
	attach(t, mnt, target)
	return device
}

func attach(t *testing.T, mnt *os.File, target string) {
	t.Helper()
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := mount.Attach(mnt, target); err != nil {
		t.Fatal(err)
	}
}

// startServer starts a process that serves an image: one that serves itself could wait for itself.
func startServer(t *testing.T, image string, device *os.File, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(append(os.Environ(), serveEnv+"="+image), env...)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{device}, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// mountBoth mounts an image by the kernel's EROFS and by FUSE, and returns the directories.
func mountBoth(t *testing.T, root *tree.Tree) (kernel, served string) {
	t.Helper()
	dir := mounttest.Scratch(t)
	image := filepath.Join(dir, "image")
	writeImage(t, image, root)
	kernel, served = filepath.Join(dir, "kernel"), filepath.Join(dir, "served")
	mnt, err := mount.Erofs(&mount.Image{Path: image})
	if err != nil {
		t.Fatal(err)
	}
	attach(t, mnt, kernel)
	if err := mnt.Close(); err != nil {
		t.Fatal(err)
	}
	device := mountFUSE(t, served)
	server := startServer(t, image, device)
	t.Cleanup(func() {
		if err := errors.Join(mount.Undo(kernel), mount.Undo(served), server.Wait(), device.Close()); err != nil {
			t.Error(err)
		}
	})
	return kernel, served
}

// entry is a file of a mount as programs see it.
type entry struct {
	stat    unix.Stat_t
	target  string
	content string
	names   []string // of a directory, in its order
	xattrs  map[string]string
}

// lsxattr returns the xattrs of a file, those on which overlayfs acts by the names that they have with userxattr.
func lsxattr(path string) (map[string]string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Llistxattr(path, buf)
	if err != nil {
		return nil, err
	}
	x := map[string]string{}
	for name := range strings.SplitSeq(strings.Trim(string(buf[:n]), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		value := make([]byte, 64<<10)
		n, err := unix.Lgetxattr(path, name, value)
		if err == nil {
			x[name] = string(value[:n])
		} else if !errors.Is(err, unix.ENODATA) { // user.* of a symlink or device cannot be read
			x[name] = "error: " + err.Error()
		} else {
			x[name] = ""
		}
	}
	return x, nil
}

// device reports whether a file is a device, which the server hides.
func (e entry) device() bool {
	t := e.stat.Mode & unix.S_IFMT
	return t == unix.S_IFBLK || t == unix.S_IFCHR && e.stat.Rdev != 0
}

// look reads an entry.
func look(path string) (e entry, err error) {
	if err := unix.Lstat(path, &e.stat); err != nil {
		return e, err
	}
	if e.xattrs, err = lsxattr(path); err != nil {
		return e, err
	}
	switch e.stat.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		e.target, err = os.Readlink(path)
	case unix.S_IFDIR:
		var f *os.File
		if f, err = os.Open(path); err == nil {
			e.names, err = f.Readdirnames(-1)
			err = errors.Join(err, f.Close())
		}
	case unix.S_IFREG:
		var f *os.File
		if f, err = os.Open(path); err != nil {
			return e, err
		}
		defer f.Close() //nolint:errcheck // open for reading
		var b []byte
		if b, err = io.ReadAll(io.LimitReader(f, 1<<20)); err != nil || e.external() {
			b, err = nil, nil // EROFS has zeros there, FUSE an error
		}
		e.content = string(b)
	}
	return e, err
}

// external reports whether overlayfs reads the content of the file from an object.
func (e *entry) external() bool {
	_, kernel := e.xattrs["trusted.overlay.metacopy"]
	_, served := e.xattrs["user.overlay.metacopy"]
	return kernel || served
}

// differ returns how a served entry differs from that of the kernel, "" if it does not.
func differ(kernel, served entry) string {
	k, s := kernel.stat, served.stat
	k.Dev, s.Dev = 0, 0
	k.Atim, s.Atim, k.Ctim, s.Ctim = unix.Timespec{}, unix.Timespec{}, unix.Timespec{}, unix.Timespec{}
	k.Mtim.Nsec = min(k.Mtim.Nsec, 999_999_999) // FUSE corrects impossible times
	want := map[string]string{}
	for name, value := range kernel.xattrs {
		if rest, ok := strings.CutPrefix(name, "trusted.overlay."); ok {
			if t := k.Mode & unix.S_IFMT; t != unix.S_IFREG && t != unix.S_IFDIR {
				value = ""
			}
			want["user.overlay."+rest] = value
		} else if !strings.HasPrefix(name, "user.overlay.") {
			want[name] = value
		}
	}
	switch {
	case k != s:
		return fmt.Sprintf("stat: %+v, the kernel has %+v", s, k)
	case kernel.target != served.target || kernel.content != served.content:
		return "the target or the content differs"
	case !slices.Equal(kernel.names, served.names):
		return fmt.Sprintf("names %q, the kernel has %q", served.names, kernel.names)
	case fmt.Sprint(want) != fmt.Sprint(served.xattrs):
		return fmt.Sprintf("xattrs %q, the kernel has %q", served.xattrs, want)
	}
	return ""
}

// TestDiffer checks the comparer.
func TestDiffer(t *testing.T) {
	same := func() entry {
		return entry{stat: unix.Stat_t{Mode: unix.S_IFREG, Ino: 7}, content: "c", names: []string{"a"}, xattrs: map[string]string{"user.overlay.x": "y"}}
	}
	kernel := same()
	kernel.xattrs = map[string]string{"trusted.overlay.x": "y", "user.overlay.hidden": ""}
	if got := differ(kernel, same()); got != "" {
		t.Error(got)
	}
	for name, change := range map[string]func(e *entry){
		"inode": func(e *entry) { e.stat.Ino++ }, "time": func(e *entry) { e.stat.Mtim.Nsec++ }, "target": func(e *entry) { e.target = "t" },
		"content": func(e *entry) { e.content = "d" }, "names": func(e *entry) { e.names = nil }, "value": func(e *entry) { e.xattrs["user.overlay.x"] = "z" },
		"xattr": func(e *entry) { e.xattrs["user.more"] = "" }, "missing": func(e *entry) { delete(e.xattrs, "user.overlay.x") },
	} {
		e := same()
		if change(&e); differ(kernel, e) == "" {
			t.Errorf("%s: not found", name)
		}
	}
}

// compare compares all entries of two mounts and returns their number.
func compare(t *testing.T, kernel, served string) (n int) {
	t.Helper()
	err := filepath.WalkDir(kernel, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n++
		name, _ := filepath.Rel(kernel, path)
		want, err := look(path)
		if err != nil {
			return err
		}
		if want.device() {
			if _, err := os.Lstat(filepath.Join(served, name)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: a device is served: %v", name, err)
			}
			return nil
		}
		want.names = slices.DeleteFunc(want.names, func(name string) bool {
			e, err := look(filepath.Join(path, name))
			return err == nil && e.device()
		})
		got, err := look(filepath.Join(served, name))
		if err != nil {
			return err
		}
		if d := differ(want, got); d != "" {
			t.Errorf("%q: %s", name, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLikeKernel compares random trees and a root file system with the kernel's EROFS.
func TestLikeKernel(t *testing.T) {
	trees := uint64(20)
	if testing.Short() { // as with the race detector
		trees = 3
	}
	for seed := range trees {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			kernel, served := mountBoth(t, treetest.Random(rand.New(rand.NewPCG(seed, 0)), 500))
			if n := compare(t, kernel, served); n < 200 {
				t.Errorf("only %d entries were compared", n)
			}
		})
	}
	t.Run("large directory", func(t *testing.T) {
		root := tree.New()
		for i := range 30_000 {
			if err := root.Root.Dir.Add(tree.Entry{Name: fmt.Sprintf("%0100d", i), Inode: &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1}}); err != nil {
				t.Fatal(err)
			}
		}
		kernel, served := mountBoth(t, root)
		compare(t, kernel, served)
	})
}

// TestMissing looks names up that are missing, and opens files for writing.
func TestMissing(t *testing.T) {
	_, served := mountBoth(t, treetest.RootFS(2000))
	for range 2 {
		for _, name := range []string{"missing", "usr/missing", strings.Repeat("n", 255), "usr/" + strings.Repeat("n", 255)} {
			if _, err := os.Lstat(filepath.Join(served, name)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(served, "new"), nil, 0o600); !errors.Is(err, unix.EROFS) {
		t.Errorf("create a file: %v", err)
	}
	if err := os.Chmod(served, 0o700); !errors.Is(err, unix.EROFS) {
		t.Errorf("chmod: %v", err)
	}
	_, err := unix.Lgetxattr(served, "trusted.overlay.opaque", nil)
	if !errors.Is(err, unix.ENODATA) {
		t.Errorf("an xattr of the image by its own name: %v", err)
	}
}

// TestRestart kills servers while a program walks the mount. The program must see no error.
func TestRestart(t *testing.T) {
	dir := mounttest.Scratch(t)
	image, served := filepath.Join(dir, "image"), filepath.Join(dir, "served")
	writeImage(t, image, treetest.RootFS(60_000))
	device := mountFUSE(t, served)
	const killed = serveEnv + "_KILLED_AFTER=100"
	server := startServer(t, image, device, killed)
	walked := make(chan error, 1)
	go func() {
		out, err := exec.Command("find", served, "-size", "+1k").CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
		}
		walked <- err
	}()
	died := make(chan error)
	go func() { died <- server.Wait() }()
	kills := 0
	for walking := true; walking; {
		select {
		case err := <-walked:
			if err != nil {
				t.Error(err)
			}
			walking = false
		case <-died:
			kills++
			server = startServer(t, image, device, killed, serveEnv+"_AGAIN=1")
			go func() { died <- server.Wait() }()
		}
	}
	if kills < 40 { // of 10,000 requests, if each server answers 200
		t.Errorf("the walk ended after %d kills", kills)
	}
	if err := mount.Undo(served); err != nil {
		t.Error(err)
	}
	<-died // unmounted, or killed once more
	if err := device.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("%d servers were killed", kills)
}
