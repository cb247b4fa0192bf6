package fuse_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

// inUserNamespace runs the test once more in a user namespace and a mount namespace of its own, and returns
// false there.
func inUserNamespace(t *testing.T) bool {
	t.Helper()
	const inside = "COMPOSEFS_TEST_IN_USERNS"
	if os.Getenv(inside) != "" {
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			t.Fatal(err)
		}
		return false
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS, GidMappingsEnableSetgroups: true,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 65536}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
	return true
}

// TestOverlay mounts an overlay with a served image in a user namespace, where the kernel mounts no EROFS, and
// reads and changes files in it.
func TestOverlay(t *testing.T) {
	if inUserNamespace(t) {
		return
	}
	dir := mounttest.Scratch(t)
	sample, err := mounttest.Write(dir, "inline")
	if err != nil {
		t.Fatal(err)
	}
	if mnt, err := mount.Erofs(&mount.Image{Path: sample.Image}); !errors.Is(err, unix.EPERM) {
		t.Fatalf("EROFS in a user namespace: %v, %v", mnt, err)
	}
	served, merged := filepath.Join(dir, "served"), filepath.Join(dir, "merged")
	device := mountFUSE(t, served)
	server := startServer(t, sample.Image, device)
	p := &mount.Plan{
		Lowers: []mount.Layer{{Dir: served}}, Data: []string{sample.Objects}, Upper: filepath.Join(dir, "upper"), Work: filepath.Join(dir, "work"),
		UserXattr: true, Xino: mount.XinoOn,
	}
	for _, d := range []string{p.Upper, p.Work, merged} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := mount.Do(p, merged); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(change(merged, sample), mount.Undo(merged), mount.Undo(served), server.Wait(), device.Close()); err != nil {
		t.Error(err)
	}
}

// change reads the sample in an overlay and changes it.
func change(merged string, sample mounttest.Sample) error {
	external, inline := filepath.Join(merged, "dir/external"), filepath.Join(merged, "inline")
	var errs []error
	for path, want := range map[string]string{external: sample.Content, inline: "inline"} {
		got, err := os.ReadFile(path)
		if err == nil && string(got) != want {
			err = fmt.Errorf("%s has %d bytes, want %d", path, len(got), len(want))
		}
		errs = append(errs, err)
	}
	before, err := os.Stat(external)
	errs = append(errs, err)
	for _, do := range []func() error{
		func() error { return os.Chmod(external, 0o600) },
		func() error { return os.Chown(external, 7, 8) },
		func() error { return os.Link(external, filepath.Join(merged, "link")) },
		func() error { return os.WriteFile(inline, []byte("changed"), 0o600) },
		func() error { return os.Remove(inline) },
	} {
		errs = append(errs, do())
	}
	after, err := os.Stat(external)
	if errs = append(errs, err); err == nil && !os.SameFile(before, after) {
		errs = append(errs, errors.New("the file has another device or inode number after its copy-up"))
	}
	got, err := os.ReadFile(filepath.Join(merged, "link"))
	if err == nil && string(got) != sample.Content {
		err = errors.New("the content has changed in the copy-up")
	}
	return errors.Join(append(errs, err)...)
}
