//go:build linux

package podman

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// inNamespace matches paths in the mount namespace of another process.
var inNamespace = regexp.MustCompile(`^(/proc/[0-9]+)/root(/.*)`)

// MountAt returns the mount at a path.
func MountAt(t testing.TB, path string) mountinfo.Mount {
	t.Helper()
	table := "/proc/self/mountinfo"
	if p := inNamespace.FindStringSubmatch(path); p != nil { // without root
		table, path = p[1]+"/mountinfo", p[2]
	}
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	mounts, err := mountinfo.Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := mountinfo.At(mounts, path)
	if !ok {
		t.Fatalf("nothing is mounted at %s", path)
	}
	return m
}

// detachBelow unmounts all that is mounted below dir.
func detachBelow(dir string) error {
	points, err := mountinfo.Below(dir)
	for _, p := range slices.Backward(points) {
		if err := unix.Unmount(p, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil && err != unix.EINVAL { // gone with the one above
			return fmt.Errorf("unmount %s: %w", p, err)
		}
	}
	return err
}

// loopsBelow returns the loop devices whose files are below dir.
func loopsBelow(dir string) (devices []string, err error) {
	files, err := filepath.Glob("/sys/block/loop*/loop/backing_file")
	for _, f := range files {
		backing, err := os.ReadFile(f)
		if err == nil && strings.HasPrefix(string(backing), dir+"/") { // an error: it is gone
			devices = append(devices, filepath.Base(filepath.Dir(filepath.Dir(f)))+" of "+strings.TrimSpace(string(backing)))
		}
	}
	return devices, err
}
