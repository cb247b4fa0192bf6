//go:build linux

package e2e_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

var kills = flag.Int("kills", 20, "servers that TestServerKills kills, and exports that TestExportKilled kills")

// ask has the server look for names that do not exist, and prints errors until it finds /end.
const ask = `while ! test -e /end; do
	i=$((i+1))
	busybox awk -v i=$i 'BEGIN { for (n = 0; n < 200; n++) print "/d/" i "-" n }' | busybox xargs busybox stat 2>&1 | busybox grep -v "No such file or directory"
done`

// TestServerKills kills servers while two containers of the image use them and others start. No container
// sees an error.
func TestServerKills(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	for _, name := range []string{"one", "two"} {
		p.Run("run", "-d", "--name="+name, "--network=none", ref, "busybox", "sh", "-c", ask)
	}
	before := running(t, p)
	started := make(chan error)
	stop := make(chan struct{})
	go func() {
		var errs []error
		for n := 0; ; n++ {
			select {
			case <-stop:
				started <- errors.Join(errs...)
				return
			default:
				out, err := p.Try("run", "--rm", "--network=none", ref, "busybox", "ls", "-lR", "/d")
				if err != nil || !strings.Contains(out, "other") {
					errs = append(errs, fmt.Errorf("container %d: %w: %s", n, err, out))
				}
			}
		}
	}()
	now := before
	for end := time.Now().Add(time.Minute + time.Duration(*kills)*time.Second); now.Restarts < uint64(*kills) && time.Now().Before(end); {
		time.Sleep(time.Duration(now.Restarts%50) * time.Millisecond) // from its start until it has answered much
		_ = unix.Kill(now.Server, unix.SIGKILL)
		now = nextServer(t, p, now)
	}
	close(stop)
	if err := <-started; err != nil {
		t.Error(err)
	}
	after := running(t, p)
	t.Logf("before: %+v, after: %+v", before, after)
	if after.Restarts < uint64(*kills) || after.Holder != before.Holder || after.Requests < before.Requests+1000 {
		t.Errorf("before: %+v, after: %+v", before, after)
	}
	for _, name := range []string{"one", "two"} {
		p.Run("exec", name, "busybox", "touch", "/end")
		p.Run("wait", name)
		if out := p.Run("logs", name); out != "" {
			t.Errorf("container %s prints %.1000s", name, out)
		}
	}
	endServed(t, p)
}

// running returns the server of the only image.
func running(t *testing.T, p *podman.Podman) holder.Running {
	t.Helper()
	list, err := holder.List(filepath.Join(p.Store.Dir, "run", "overlay-composefs", "images"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return list[0]
}

// nextServer waits for the server after another one.
func nextServer(t *testing.T, p *podman.Podman, last holder.Running) holder.Running {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if now := running(t, p); now.Restarts > last.Restarts && now.Server != last.Server && now.Server != 0 {
			return now
		}
	}
	t.Fatalf("no server is started again: %+v, after %+v", running(t, p), last)
	return last
}

// TestFirstMounts starts containers of an image at once. One server serves it.
func TestFirstMounts(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	p.Run("rm", "-f", "-t0", "box")
	eventually(t, func() error { return serversOf(p.Store.Dir) })
	const containers = 4
	started := make(chan error, containers)
	for range containers {
		go func() {
			_, err := p.Try("run", "-d", "--network=none", ref, "busybox", "sleep", "1000")
			started <- err
		}()
	}
	for range containers {
		if err := <-started; err != nil {
			t.Error(err)
		}
	}
	oneServer(t, p)
	endServed(t, p)
}

// TestPauseGone ends the process that keeps podman's namespaces while an image is mounted there, and loses the
// run root as a reboot does. No process is left, and the next command mounts anew.
func TestPauseGone(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	p.Run("stop", "box")
	for range 2 {
		must(t, p.Store.Settle())
		p.Run("unshare", "podman", "image", "mount", ref)
		oneServer(t, p)
		p.Run("system", "migrate")
		eventually(t, func() error { return serversOf(p.Store.Dir) })
		logs(t, p, "start", "box") // the first command in new namespaces warns of the mount of /
		if out := p.Run("exec", "box", "busybox", "cat", "/d/other"); out != "short" {
			t.Errorf("the container reads %q", out)
		}
		oneServer(t, p)
		p.Run("stop", "box")
		must(t, p.Store.Settle())
		must(t, os.RemoveAll(filepath.Join(p.Store.Dir, "run", "overlay-composefs")))
	}
	endServed(t, p)
}

// TestServedRemoved removes an image with its container while it is served. Nothing is left.
func TestServedRemoved(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	p.Run("rmi", "-f", ref)
	eventually(t, func() error { return serversOf(p.Store.Dir) })
	left, err := filepath.Glob(filepath.Join(p.Store.Dir, "run", "overlay-composefs", "images", "*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != "lock" {
		t.Errorf("%q, %v", left, err)
	}
	endServed(t, p)
}

// TestServedNoRoom starts a container on a full disk: a command that fails leaves no server.
func TestServedNoRoom(t *testing.T) {
	t.Parallel()
	s := podman.NewSmallStore(t, 64<<20)
	p := s.Podman(t, podman.Ours, podman.Options{Rootless: true, FUSE: true, Composefs: `rootless = "fuse"`})
	ref := push(t, podman.Layer(layertest.File("other", "short")))
	logs(t, p, "pull", "-q", ref)
	run := []string{"run", "--rm", "--network=none", ref, "busybox", "cat", "/other"}
	for _, room := range []int64{0, 16 << 10, 64 << 10} {
		restore := s.Fill(t, room)
		out, err := p.Try(run...)
		t.Logf("room for %d bytes: %v", room, err)
		if err == nil && out != "short" || err != nil && !strings.Contains(err.Error(), "no space left on device") && !strings.Contains(err.Error(), "disk is full") {
			t.Errorf("room for %d bytes: %q, %v", room, out, err)
		}
		restore()
		_, _ = p.Try("rm", "-af", "-t0")
		eventually(t, func() error { return serversOf(s.Dir) })
	}
	if out := p.Run(run...); out != "short" {
		t.Errorf("with room again: %q", out)
	}
	endServed(t, p)
}

// TestBuildahServed builds an image by buildah as a user, whose commands each have namespaces of their own. No
// command leaves a server.
func TestBuildahServed(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	buildah := p.Tool("buildah")
	for _, args := range [][]string{
		{"from", "-q", "--name=made", ref},
		{"run", "--network=none", "made", "busybox", "sh", "-c", "cat /d/other >/copy; chmod 600 /d/file"},
		{"commit", "-q", "made", "made"},
		{"rm", "made"},
	} {
		if out, err := buildah.Try(args...); err != nil {
			t.Fatal(err, out)
		}
		eventually(t, func() error {
			if n := len(serverStatuses(t, p).Servers); n != 1 {
				return fmt.Errorf("%v: %d servers, want that of the container", args, n)
			}
			return nil
		})
	}
	if out := p.Run("run", "--rm", "--network=none", "made", "busybox", "sh", "-c", "cat /copy; busybox stat -c %a /d/file"); out != "short600" {
		t.Errorf("podman runs the image: %q", out)
	}
	endServed(t, p)
}
