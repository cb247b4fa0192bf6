package podman

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Mount is a line of /proc/self/mountinfo.
type Mount struct {
	Point, Type, Source string
	Options             map[string][]string // of the file system, all values of a key
}

// Mounted returns the mounts of this process, in the order in which they were made.
func Mounted() ([]Mount, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	var mounts []Mount
	for line := range strings.Lines(string(text)) {
		m, err := ParseMount(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		mounts = append(mounts, m)
	}
	return mounts, nil
}

// MountAt returns what is mounted at a path.
func MountAt(t testing.TB, path string) Mount {
	t.Helper()
	mounts, err := Mounted()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range slices.Backward(mounts) {
		if m.Point == path {
			return m
		}
	}
	t.Fatalf("nothing is mounted at %s", path)
	return Mount{}
}

// Layers returns the lower layers of an overlay, and the data-only ones.
func (m Mount) Layers() (lowers, data []string) {
	// Before lowerdir+ and datadir+, all were in one option: a:b::c::d.
	if v := m.Options["lowerdir"]; len(v) == 1 {
		parts := strings.Split(v[0], "::")
		return strings.Split(parts[0], ":"), parts[1:]
	}
	return append(m.Options["lowerdir"], m.Options["lowerdir+"]...), append(m.Options["datadir"], m.Options["datadir+"]...)
}

// ParseMount parses a line of mountinfo.
func ParseMount(line string) (Mount, error) {
	before, after, ok := strings.Cut(line, " - ")
	place, fs := strings.Fields(before), strings.Split(after, " ")
	if !ok || len(place) < 6 || len(fs) < 3 {
		return Mount{}, fmt.Errorf("mountinfo: unknown line %q", line)
	}
	m := Mount{Point: unescape(place[4]), Type: fs[0], Source: unescape(fs[1]), Options: map[string][]string{}}
	for option := range strings.SplitSeq(strings.Join(fs[2:], " "), ",") {
		key, value, _ := strings.Cut(option, "=")
		m.Options[key] = append(m.Options[key], unescape(value))
	}
	return m, nil
}

// unescape replaces the \040 and the like of mountinfo.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+4 <= len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				b.WriteByte(byte(c))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// mountsBelow returns where something is mounted below dir, in the order in which it
// was.
func mountsBelow(dir string) (points []string, err error) {
	mounts, err := Mounted()
	for _, m := range mounts {
		if strings.HasPrefix(m.Point, dir+"/") {
			points = append(points, m.Point)
		}
	}
	return points, err
}

// detachBelow unmounts all that is mounted below dir.
func detachBelow(dir string) error {
	points, err := mountsBelow(dir)
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
