package podman

import (
	"os"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// tools are the commands of busybox that images have.
var tools = []string{
	"cat", "chmod", "chown", "cp", "echo", "false", "find", "grep", "id", "ln", "ls", "mkdir", "mkfifo", "mv", "rm",
	"rmdir", "sh", "sha256sum", "sleep", "stat", "sync", "test", "touch", "true",
}

// Busybox returns a layer with which an image can be run: a shell and what goes with
// it, and all that podman would otherwise make in a container.
func Busybox(t testing.TB) []byte {
	t.Helper()
	program, err := os.ReadFile(needs.Program(t, "busybox", "busybox-static"))
	if err != nil {
		t.Fatal(err)
	}
	entries := []layertest.Entry{
		layertest.Dir("bin"), layertest.Dir("etc"), layertest.Dir("proc"), layertest.Dir("sys"), layertest.Dir("dev"), layertest.Dir("run"),
		layertest.Dir("tmp").Owner(0, 0, 0o1777),
		layertest.File("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"), layertest.File("etc/group", "root:x:0:\n"),
		layertest.File("etc/hosts", ""), layertest.File("etc/hostname", ""), layertest.File("etc/resolv.conf", ""),
		layertest.Symlink("etc/mtab", "/proc/mounts"), layertest.File("run/.containerenv", ""),
		layertest.File("bin/busybox", string(program)).Owner(0, 0, 0o755),
	}
	for _, name := range tools {
		entries = append(entries, layertest.Symlink("bin/"+name, "busybox"))
	}
	return Layer(entries...)
}

// Time is the modification time of entries without one.
var Time = layertest.Time.Truncate(time.Second)

// Layer returns a layer of entries. Their times are whole seconds, as podman writes no
// others.
func Layer(entries ...layertest.Entry) []byte {
	for i, e := range entries {
		if e.ModTime.IsZero() {
			entries[i].ModTime = Time
		}
	}
	return layertest.Tar(entries...)
}
