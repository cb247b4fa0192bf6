package holder_test

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

//go:embed testdata/manager.sh
var managerScript string

// TestUserManager mounts images in login sessions of a systemd user manager. Its holder has a scope of its own and
// goes on when the session ends. Without the bus the holder is in the session and ends with it. Both end with the user
// manager.
func TestUserManager(t *testing.T) {
	needs.Root(t)
	needs.File(t, "/lib/systemd/systemd", "systemd")
	needs.Program(t, "dbus-daemon", "dbus-daemon")
	if kernel, err := os.ReadFile("/proc/filesystems"); err == nil && !strings.Contains(string(kernel), "\tcgroup2\n") {
		t.Skip("the kernel does not have cgroup2")
	}
	dir := mounttest.Scratch(t)
	for _, name := range []string{"scope", "session"} {
		writeImage(t, filepath.Join(dir, name), 1000)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "/bin/bash", "-s", dir)
	cmd.Stdin, cmd.WaitDelay = strings.NewReader(managerScript), time.Second
	cmd.Env = append(os.Environ(), "PROGRAM="+selfPath(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := regexp.MustCompile(`podman-composefs-[A-Z0-9]+\.scope`).ReplaceAllString(string(out), "podman-composefs-ID.scope")
	const want = `scope, mounted: 2 processes in user.slice/podman-composefs-ID.scope, answers: yes
scope, session ended: 2 processes in user.slice/podman-composefs-ID.scope, answers: yes
session, mounted: 2 processes in app.slice/login-session.scope, answers: yes
session, session ended: 0 processes, answers: no
manager ended: 0 processes, answers: no
`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func selfPath(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	must(t, err)
	return path
}
