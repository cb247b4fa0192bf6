//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// rootless returns a podman of a user who may use FUSE, with a composefs.conf.
func rootless(t *testing.T, kind podman.Kind, composefs string) *podman.Podman {
	t.Helper()
	return podman.NewStore(t).Podman(t, kind, podman.Options{Rootless: true, FUSE: true, Composefs: composefs})
}

// withoutFUSE returns our podman of a user who may not use FUSE.
func withoutFUSE(t *testing.T, composefs string) *podman.Podman {
	t.Helper()
	s := podman.NewStore(t)
	device := filepath.Join(s.Dir, "fuse-of-root")
	must(t, unix.Mknod(device, unix.S_IFCHR|0o600, int(unix.Mkdev(10, 229))))
	p := s.Podman(t, podman.Ours, podman.Options{Rootless: true, Composefs: composefs, Private: map[string]string{"/dev/fuse": device}})
	must(t, os.Chown(device, 0, 0)) // the store belongs to the user
	return p
}

// serversOf returns an error if processes serve images of a store.
func serversOf(dir string) error {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		line, _ := os.ReadFile(f) // an error: it has ended
		if strings.HasPrefix(string(line), "composefs-fuse") && strings.Contains(string(line), dir) {
			return fmt.Errorf("%s still runs: %q", filepath.Dir(f), line)
		}
	}
	return nil
}

// TestServed pulls an image as a user, and compares what containers see with plain podman.
func TestServed(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("a content\n", 100)
	ref := push(t, podman.Layer(
		layertest.Dir("d"), layertest.File("d/file", content), layertest.Link("d/link", "d/file"), layertest.Symlink("d/symlink", "file"),
		layertest.File("d/inline", "short"), layertest.File("d/gone", content), layertest.Dir("replaced"), layertest.File("replaced/old", content),
	), layertest.Tar(
		layertest.Dir("d"), layertest.File("d/.wh.gone", ""), layertest.Dir("replaced"), layertest.File("replaced/.wh..wh..opq", ""), layertest.File("replaced/new", content+"2"),
	))
	const script = `set -e
cd /
find d replaced -type d -exec stat -c '%n %a %u %g %Y' {} + | sort
find d replaced ! -type d -exec stat -c '%n %F %a %u %g %s %h %Y' {} + | sort
cat d/file d/inline replaced/new d/symlink
before=$(stat -c %i d/file)
chmod 600 d/file; echo more >>d/link; ln d/file hard; mv replaced/new replaced/moved; rm -r d/inline
test $(stat -c %i d/file) = $before && test $(stat -c %i hard) = $before && echo one inode
find d replaced hard -exec stat -c '%n %F %a' {} + | sort
tail -n 2 hard`
	var outputs []string
	for kind, composefs := range map[podman.Kind]string{podman.Ours: `rootless = "fuse"`, podman.Plain: ""} {
		p := rootless(t, kind, composefs)
		logs(t, p, "pull", "-q", ref) // the first command warns of the mount of /
		if kind == podman.Ours {
			if state := p.Run("info", "--format", `{{index .Store.GraphStatus "Composefs"}}`); state != "on" {
				t.Fatalf("Composefs: %s", state)
			}
		}
		for range 2 {
			outputs = append(outputs, p.Run("run", "--rm", "--network=none", ref, "busybox", "sh", "-c", script))
		}
		eventually(t, func() error { return serversOf(p.Store.Dir) })
	}
	for _, out := range outputs {
		if want := outputs[len(outputs)-1]; out != want {
			t.Errorf("a container shows\n%s\nthat of plain podman\n%s", out, want)
		}
	}
}
