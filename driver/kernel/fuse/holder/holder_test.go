package holder_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

func TestMain(m *testing.M) {
	if reexec.Init() {
		return
	}
	if err := enterNamespace(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// enterNamespace runs this program again in a mount namespace of its own. Otherwise namespaces that other programs
// make during the tests would keep the mounts, and so the processes.
func enterNamespace() error {
	const done = "COMPOSEFS_TEST_NAMESPACE"
	if os.Getenv(done) != "" || os.Geteuid() != 0 {
		return nil
	}
	runtime.LockOSThread() // the namespace is that of a thread, and execve(2) keeps it
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return os.NewSyscallError("unshare", err)
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return os.NewSyscallError("make mounts private", err)
	}
	return os.NewSyscallError("execve", unix.Exec("/proc/self/exe", os.Args, append(os.Environ(), done+"=1")))
}

// processes returns the processes of this package's kind that have the image open.
func processes(t *testing.T, name, image string) (pids []int) {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		cmdline, _ := os.ReadFile(filepath.Join(dir, "cmdline")) // a process that has ended has none
		open, _ := os.Readlink(filepath.Join(dir, "fd/3"))
		if first, _, _ := bytes.Cut(cmdline, []byte{0}); string(first) == name && open == image {
			pid, err := strconv.Atoi(filepath.Base(dir))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// served is an image that a holder serves.
type served struct{ image, root string }

// start mounts an image with files.
func start(t *testing.T, dir string, files int) served {
	t.Helper()
	s := served{filepath.Join(dir, "image"), filepath.Join(dir, "root")}
	f := writeImage(t, s.image, files)
	if err := serve(f, s.root, dir); err != nil {
		t.Fatal(err)
	}
	return s
}

// writeImage writes an image with files, and opens it until the end of the test.
func writeImage(t *testing.T, path string, files int) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // all is written
	if _, err := erofs.Write(f, treetest.RootFS(files), erofs.Options{Format: erofs.V1}); err != nil {
		t.Fatal(err)
	}
	return f
}

// serve mounts an image on root and starts its holder.
func serve(image *os.File, root, store string) error {
	mnt, err := holder.Mount(&mount.Image{File: image}, holder.Place{Point: root, Note: root + ".note", Stores: []string{store}})
	if err != nil {
		return err
	}
	defer mnt.Close() //nolint:errcheck // attached, or to be unmounted
	return errors.Join(os.Mkdir(root, 0o700), mount.Attach(mnt, root))
}

// gone waits until no process serves the image.
func (s served) gone(t *testing.T) {
	t.Helper()
	for range 500 {
		if len(processes(t, "composefs-fuse-holder", s.image))+len(processes(t, "composefs-fuse-server", s.image)) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("processes are left after the last mount")
}

// TestKill kills servers while programs walk mounts of an image.
func TestKill(t *testing.T) {
	dir := mounttest.Scratch(t)
	killed, mounts := 0, 0
	for ; killed < *kills; mounts++ {
		s := start(t, dir, 30_000)
		walked := make(chan error, 1)
		go func() {
			out, err := exec.Command("find", s.root, "-size", "+1k").CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %.1000s", err, out)
			}
			walked <- err
		}()
		killed += killUntil(t, s, walked)
		s.end(t)
		if err := os.Remove(s.root); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d servers of %d mounts were killed", killed, mounts)
}

// killUntil kills servers until the walk has ended.
func killUntil(t *testing.T, s served, walked chan error) (killed int) {
	for {
		select {
		case err := <-walked:
			if err != nil {
				t.Error(err)
			}
			return killed
		default:
			for _, pid := range processes(t, "composefs-fuse-server", s.image) {
				time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
				if unix.Kill(pid, unix.SIGKILL) == nil {
					killed++
				}
			}
		}
	}
}

// TestKillHolder kills the holder. The server goes on, and ends with the last mount.
func TestKillHolder(t *testing.T) {
	s := start(t, mounttest.Scratch(t), 100)
	for _, pid := range processes(t, "composefs-fuse-holder", s.image) {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			t.Error(err)
		}
	}
	if out, err := exec.Command("find", s.root, "-size", "+1k").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if err := mount.Undo(s.root); err != nil {
		t.Error(err)
	}
	s.gone(t)
}

// TestWrongDigest mounts an image with another digest than the wanted one, which is found when the server answers
// already. Nothing is mounted, and no process is left.
func TestWrongDigest(t *testing.T) {
	dir := mounttest.Scratch(t)
	s := served{filepath.Join(dir, "image"), filepath.Join(dir, "root")}
	f, want := writeImage(t, s.image, 100), verity.Sum(nil)
	img := &mount.Image{File: f, Digest: &want, Hash: func(f *os.File) (verity.Digest, error) {
		time.Sleep(200 * time.Millisecond)
		d, _, err := verity.SHA256.SumFile(f)
		return d, err
	}}
	mnt, err := holder.Mount(img, holder.Place{Point: s.root, Note: s.root + ".note", Stores: []string{dir}})
	if err == nil || mnt != nil || !strings.Contains(err.Error(), "its fs-verity digest is") {
		t.Errorf("mounted: %v, %v", mnt, err)
	}
	s.gone(t)
}

// TestAlone checks that the holder keeps no mount of the store, and ends with the last mount of the image.
func TestAlone(t *testing.T) {
	dir := mounttest.Scratch(t)
	other := filepath.Join(dir, "other")
	if err := errors.Join(os.Mkdir(other, 0o700), unix.Mount("other", other, "tmpfs", 0, "")); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir, 100)
	pids := append(processes(t, "composefs-fuse-holder", s.image), processes(t, "composefs-fuse-server", s.image)...)
	if len(pids) != 2 {
		t.Fatalf("%d processes", len(pids))
	}
	for _, pid := range pids {
		table, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", pid))
		if err != nil {
			t.Fatal(err)
		}
		mounts, err := mountinfo.Parse(string(table))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mounts {
			if strings.HasPrefix(m.Point, dir+"/") {
				t.Errorf("process %d keeps %s", pid, m.Point)
			}
		}
	}
	if err := errors.Join(unix.Unmount(other, 0), mount.Undo(s.root)); err != nil {
		t.Error(err)
	}
	s.gone(t)
}

// TestNoImage starts a holder for a file that is no image.
func TestNoImage(t *testing.T) {
	dir := mounttest.Scratch(t)
	f, err := os.Create(filepath.Join(dir, "image"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // a test
	if err := f.Truncate(1 << 16); err != nil {
		t.Fatal(err)
	}
	if err := serve(f, filepath.Join(dir, "root"), dir); err == nil || !strings.Contains(err.Error(), erofs.ErrCorrupt.Error()) {
		t.Errorf("a file of zeros: %v", err)
	}
	served{image: f.Name()}.gone(t)
}

// TestSmallProgram has programs named composefs-storage in PATH: one that serves images, and programs that do not.
func TestSmallProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		make  func(path string) error
		serve bool
	}{
		"serves": {func(path string) error { return os.Link(self, path) }, true},
		"another one": {func(path string) error {
			return os.WriteFile(path, []byte("#!/bin/sh\necho unknown command >&2; exit 1\n"), 0o700)
		}, false},
		"no program":    {func(path string) error { return os.WriteFile(path, []byte{0}, 0o700) }, false},
		"not to be run": {func(path string) error { return os.WriteFile(path, nil, 0o600) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := mounttest.Scratch(t)
			path := filepath.Join(t.TempDir(), "composefs-storage")
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", filepath.Dir(path)+":"+os.Getenv("PATH"))
			want := self
			if c.serve {
				want = path
			}
			s := start(t, dir, 100)
			for _, process := range []string{"composefs-fuse-holder", "composefs-fuse-server"} {
				pids := processes(t, process, s.image)
				if len(pids) != 1 {
					t.Fatalf("%s: %d processes", process, len(pids))
				}
				if got, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pids[0])); err != nil || got != want {
					t.Errorf("%s runs %s, %v, want %s", process, got, err, want)
				}
			}
			s.end(t)
			s.gone(t)
		})
	}
}

// TestGiveUp kills servers before they have answered a request. The holder gives up and writes a note.
func TestGiveUp(t *testing.T) {
	s := start(t, mounttest.Scratch(t), 100)
	for deadline := time.Now().Add(time.Minute); len(processes(t, "composefs-fuse-holder", s.image)) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the holder does not give up")
		}
		for _, pid := range processes(t, "composefs-fuse-server", s.image) {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	note, err := os.ReadFile(s.root + ".note")
	if err != nil || !strings.Contains(string(note), "20 servers in a row ended without an answer; the last one: signal: killed") {
		t.Errorf("the note is %q, %v", note, err)
	}
	if err := exec.Command("stat", s.root+"/missing").Run(); err == nil {
		t.Error("the mount still answers")
	}
	if err := mount.Undo(s.root); err != nil {
		t.Error(err)
	}
	s.gone(t)
}

// TestList looks for the processes of an image, before and after a server and the holder were killed.
func TestList(t *testing.T) {
	dir := mounttest.Scratch(t)
	s := start(t, dir, 100)
	one := func() holder.Running {
		t.Helper()
		list, err := holder.List(dir)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	at := one()
	st, err := os.Stat(s.image)
	if err != nil {
		t.Fatal(err)
	}
	if at.Point != s.root || at.Path != s.image || !os.SameFile(at.Image, st) || at.Restarts != 0 || at.Memory < 1<<20 {
		t.Errorf("%+v", at)
	}
	mounts, err := mountinfo.Self()
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := mountinfo.At(mounts, s.root); !ok || m.Device != at.Device {
		t.Errorf("device %s, the mount is %+v", at.Device, m)
	}
	if err := unix.Kill(at.Server, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("find", s.root, "-size", "+1k").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	next := one()
	if next.Holder != at.Holder || next.Server == at.Server || next.Restarts != 1 || next.Requests <= at.Requests {
		t.Errorf("%+v, after %+v", next, at)
	}
	if err := errors.Join(unix.Kill(at.Holder, unix.SIGKILL), os.Remove(s.image)); err != nil {
		t.Fatal(err)
	}
	for one().Holder != 0 {
		time.Sleep(time.Millisecond)
	}
	if alone := one(); alone.Server != next.Server || alone.Path != s.image+" (deleted)" {
		t.Errorf("%+v", alone)
	}
	if err := mount.Undo(s.root); err != nil {
		t.Error(err)
	}
}

// TestDamaged serves an image whose end is lost: files there cannot be read, and the server goes on.
func TestDamaged(t *testing.T) {
	dir := mounttest.Scratch(t)
	s := start(t, dir, 30_000)
	if err := os.Truncate(s.image, 1<<16); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command("find", s.root, "-size", "+1k").CombinedOutput()
	if !bytes.Contains(out, []byte("Input/output error")) {
		t.Errorf("find prints no error: %.300s", out)
	}
	if list, err := holder.List(dir); err != nil || len(list) != 1 || list[0].Restarts != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := mount.Undo(s.root); err != nil {
		t.Error(err)
	}
}
