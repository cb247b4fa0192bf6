//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// changes does to the files of rich what containers do: all that copies something up,
// and all that hides something.
const changes = `set -e
chmod 700 /home/big
chown 7:8 /external
mv /hidden /moved
rm /inline
rm -r /replaced
mkdir /replaced
ln /usr/bin/ping /usr/bin/pong
echo more >> /empty
mkfifo /fifo
ln -s moved/new /symlink
rm -r /odd
echo now a file > /odd
mkdir -p /new/dir
echo fresh > /new/dir/file
mv /turned /new/turned
touch -d @1600000000 /empty /fifo /new/dir/file /odd
touch -h -d @1600000000 /symlink`

// TestRunChanges changes files in a container and looks at it from outside.
func TestRunChanges(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		before := seen(t, p, ref)
		p.Run("run", "--name", "box", ref, "sh", "-c", changes)
		same(t, "image before and after", before, seen(t, p, ref))
		return seenByContainer(t, p, "box")
	})
}

// TestStopAndStart stops a container and starts it again: its files remain.
func TestStopAndStart(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("run", "-d", "--name", "box", ref, "sleep", "100")
		p.Run("exec", "box", "sh", "-c", "echo written > /home/big")
		p.Run("stop", "-t0", "box")
		p.Run("start", "box")
		if got := p.Run("exec", "box", "cat", "/home/big"); got != "written" {
			t.Errorf("/home/big is %q", got)
		}
		p.Run("restart", "-t0", "box")
		if got := p.Run("exec", "box", "cat", "/hidden/new", "/home/big"); got != "newwritten" {
			t.Errorf("/hidden/new and /home/big are %q", got)
		}
		p.Run("rm", "-f", "-t0", "box")
		p.Store.Clean(t)
	})
}

// TestContainersShareAnImage runs containers of one image at a time, which do not see
// each other's files.
func TestContainersShareAnImage(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		for i := range 3 {
			p.Run("run", "-d", "--name", fmt.Sprint("box", i), ref, "sleep", "100")
			p.Run("exec", fmt.Sprint("box", i), "sh", "-c", fmt.Sprintf("echo %d > /own; rm /external; chmod 600 /home/big", i))
		}
		p.Run("rm", "-f", "-t0", "box1")
		for _, i := range []int{0, 2} {
			if got := p.Run("exec", fmt.Sprint("box", i), "sh", "-c", "cat /own; ls /external 2>/dev/null; true"); got != fmt.Sprint(i) {
				t.Errorf("/own of %d is %q", i, got)
			}
		}
	})
}

// TestReadOnly runs a container that cannot write.
func TestReadOnly(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		if got := p.Run("run", "--rm", "--read-only", ref, "sh", "-c", "cat /hidden/new; touch /x 2>/dev/null || echo , not written"); got != "new, not written" {
			t.Errorf("got %q", got)
		}
	})
}

// TestHardLinkInContainer makes a hard link in a container: to programs there, both
// names are one file.
func TestHardLinkInContainer(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		got := p.Run("run", "--rm", ref, "sh", "-c", "ln /usr/bin/ping /usr/bin/pong; stat -c '%d %i' /usr/bin/ping /usr/bin/pong")
		if ping, pong, _ := strings.Cut(got, "\n"); ping != pong {
			t.Errorf("ping is %q, pong is %q", ping, pong)
		}
	})
}

// TestCapability checks that programs with capabilities and setuid programs are those
// that the image has.
func TestCapability(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		tr := seen(t, p, ref)
		e, ok := tr.Lookup("/usr/bin/ping")
		if _, has := e.Inode.Xattrs.Get("security.capability"); !ok || !has {
			t.Errorf("ping has no capability: %v", e)
		}
		if got := p.Run("run", "--rm", "--user", "1000", ref, "stat", "-c", "%a %u", "/usr/bin/sudo", "/usr/bin/su"); got != "4755 0\n4711 0" {
			t.Errorf("sudo and su are %q", got)
		}
	})
}

// TestCopy copies files and directories out of a container and into one.
func TestCopy(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("create", "--name", "box", ref)
		out := filepath.Join(p.Store.Dir, "tmp")
		p.Run("cp", "box:/home", out)
		if got, err := os.ReadFile(filepath.Join(out, "home/big")); err != nil || len(got) != 300_000 {
			t.Errorf("/home/big has %d bytes, %v", len(got), err)
		}
		p.Run("cp", filepath.Join(out, "home"), "box:/copied")
		tr := seenByContainer(t, p, "box")
		if _, ok := tr.Lookup("/copied/big"); !ok {
			t.Error("/copied/big is missing")
		}
	})
}

// TestDiff compares the output of "podman diff" for containers and images.
func TestDiff(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		base := pull(t, p, rich()[0])
		p.Run("tag", base, "base")
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", changes)
		return strings.Join([]string{
			"container:", sorted(p.Run("diff", "box")),
			"image:", sorted(p.Run("image", "diff", ref)),
			"two images:", sorted(p.Run("image", "diff", ref, "base")),
		}, "\n")
	})
}

// TestSizes compares podman's sizes. That of a container depends on the
// lengths of names and paths.
func TestSizes(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", "echo 12345 > /five")
		images, _, _ := strings.Cut(p.Run("system", "df", "--format", "{{.Type}} {{.Total}} {{.Active}} {{.Size}}"), "\n")
		return strings.Join([]string{
			images,
			p.Run("image", "inspect", "--format", "{{.Size}} {{.VirtualSize}}", ref),
			p.Run("images", "--format", "{{.Size}}"),
		}, "\n")
	})
}

func sorted(lines string) string {
	l := strings.Split(lines, "\n")
	slices.Sort(l)
	return strings.Join(l, "\n")
}
