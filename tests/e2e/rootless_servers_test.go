//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// serverStatus is what status --json prints of the server of an image.
type serverStatus struct {
	Image, Mount       string
	Holder, Server     int
	Requests, Restarts uint64
	Memory             int64 `json:"memory_bytes"`
}

type servers struct {
	Servers         []serverStatus
	Problems, Hints []string
}

// serverStatuses returns what status prints of servers.
func serverStatuses(t *testing.T, p *podman.Podman) (s servers) {
	t.Helper()
	out, err := p.Storage(t.Context(), "status", "--json").Output()
	if err != nil {
		t.Fatal(err, string(out))
	}
	must(t, json.Unmarshal(out, &s))
	return s
}

// oneServer returns the status of the server of the only image.
func oneServer(t *testing.T, p *podman.Podman) serverStatus {
	t.Helper()
	s := serverStatuses(t, p)
	if len(s.Servers) != 1 || len(s.Problems) > 0 {
		t.Fatalf("status: %+v", s)
	}
	return s.Servers[0]
}

// startServed starts the container box of an image as a user.
func startServed(t *testing.T) (p *podman.Podman, ref string) {
	t.Helper()
	p = rootless(t, podman.Ours, `rootless = "fuse"`)
	ref = push(t, podman.Layer(layertest.Dir("d"), layertest.File("d/file", strings.Repeat("content ", 1000)), layertest.File("d/other", "short")))
	logs(t, p, "pull", "-q", ref) // the first command warns of the mount of /
	p.Run("run", "-d", "--name=box", "--stop-timeout=0", "--network=none", ref, "busybox", "sleep", "1000")
	return p, ref + ":latest"
}

// endServed removes the container. No process is left.
func endServed(t *testing.T, p *podman.Podman) {
	t.Helper()
	if out, err := p.Try("rm", "-f", "-t0", "-a"); err != nil {
		t.Error(err, out)
	}
	eventually(t, func() error { return serversOf(p.Store.Dir) })
}

func kill(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
}

// killServers kills the children of a holder, and returns their number.
func killServers(holder int) (killed int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", holder))
	for _, f := range files {
		children, _ := os.ReadFile(f) // none: the thread has ended
		for pid := range strings.FieldsSeq(string(children)) {
			if n, err := strconv.Atoi(pid); err == nil && unix.Kill(n, unix.SIGKILL) == nil {
				killed++
			}
		}
	}
	return killed
}

// TestServerStatus lists the server of a container before and after it was killed.
func TestServerStatus(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	before := oneServer(t, p)
	if before.Image != ref || before.Requests == 0 || before.Restarts != 0 || before.Memory == 0 || !strings.HasPrefix(before.Mount, p.Store.Dir) {
		t.Errorf("%+v", before)
	}
	text, err := p.Storage(t.Context(), "status").CombinedOutput()
	if err != nil || !strings.Contains(string(text), fmt.Sprintf("  %s  %d  ", ref, before.Holder)) || !strings.Contains(string(text), "servers end with the login session") {
		t.Errorf("%v\n%s", err, text)
	}
	kill(t, before.Server)
	p.Run("exec", "box", "busybox", "ls", "-lR", "/d")
	after := oneServer(t, p)
	if after.Holder != before.Holder || after.Server == before.Server || after.Restarts != 1 || after.Requests <= before.Requests {
		t.Errorf("%+v, before %+v", after, before)
	}
	endServed(t, p)
	if s := serverStatuses(t, p); len(s.Servers) > 0 || len(s.Problems) > 0 {
		t.Errorf("%+v", s)
	}
}

// TestServerKilled kills holder and server. status names the image, new containers of it work, and the
// hint mends the old one.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	s := oneServer(t, p)
	kill(t, s.Holder, s.Server)
	eventually(t, func() error { return serversOf(p.Store.Dir) })
	problem, hint := "the FUSE server of image "+ref+" has ended", `"podman stop --filter ancestor=`+ref+`", then start the containers again`
	if st := serverStatuses(t, p); !strings.HasPrefix(strings.Join(st.Problems, "\n"), problem) || strings.Join(st.Hints, "\n") != hint {
		t.Errorf("status: %+v", st)
	}
	if out, err := p.Try("exec", "box", "busybox", "cat", "/d/file"); err == nil {
		t.Errorf("the old container still reads %s", out)
	}
	said := logs(t, p, "run", "--rm", "--network=none", ref, "busybox", "cat", "/d/other")
	if !strings.Contains(said, problem) || !strings.Contains(said, strings.ReplaceAll(hint, `"`, `\"`)) {
		t.Errorf("podman prints %s", said)
	}
	p.Run("stop", "-t0", "--filter", "ancestor="+ref)
	p.Run("start", "box")
	if out := p.Run("exec", "box", "busybox", "cat", "/d/other"); out != "short" {
		t.Errorf("the restarted container reads %q", out)
	}
	oneServer(t, p)
	endServed(t, p)
}

// TestServerGivesUp kills servers until the holder gives up. The next command of podman names the image.
func TestServerGivesUp(t *testing.T) {
	t.Parallel()
	p, ref := startServed(t)
	holder := oneServer(t, p).Holder
	for end := time.Now().Add(time.Minute); serversOf(p.Store.Dir) != nil && time.Now().Before(end); {
		killServers(holder)
	}
	for range 2 {
		said := logs(t, p, "ps")
		for _, want := range []string{"the FUSE server of image " + ref + " has ended", "20 servers in a row ended without an answer", "podman stop --filter ancestor=" + ref} {
			if !strings.Contains(said, want) {
				t.Errorf("podman ps lacks %q: %s", want, said)
			}
		}
	}
	if st := serverStatuses(t, p); len(st.Problems) != 1 || !strings.Contains(st.Problems[0], "20 servers in a row") {
		t.Errorf("status: %+v", st)
	}
	endServed(t, p)
	p.Run("ps")
}
