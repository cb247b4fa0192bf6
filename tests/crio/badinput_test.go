//go:build crio

package crio_test

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// running is a node with a container that has to go on.
type running struct {
	pod
	old, ref string
}

func newRunning(t *testing.T, k kind, opts options) running {
	t.Helper()
	opts.image = pauseImage(t)
	n, ref := newNode(t, k, opts), application(t)
	n.crictl("pull", ref)
	p := n.pod("one")
	return running{p, p.container("old", ref), ref}
}

// goesOn checks that the container runs, that its image can be used again, and that no file of the store is damaged.
func (r running) goesOn() {
	r.t.Helper()
	if got := r.exec(r.old, "cat /app/file"); got != "one" {
		r.t.Errorf("the running container reads %q", got)
	}
	next := r.container("next", r.ref)
	r.exec(next, "cat /app/new")
	r.crictl("rm", "--force", next)
	if r.kind == ours {
		r.sound()
	}
}

// refused checks that an operation fails with an error that has all these words: kubelet puts it into an event of
// the pod.
func (r running) refused(err error, words ...string) {
	r.t.Helper()
	if err == nil {
		r.t.Fatalf("no error, want one with %q", words)
	}
	r.t.Log(err)
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			r.t.Errorf("the error lacks %q: %v", w, err)
		}
	}
}

// TestDiskFull pulls an image for which the disk has no room.
func TestDiskFull(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		r := newRunning(t, k, options{disk: 64 << 20})
		data := random(t)
		ref := push(t, "large", data.Layers...)
		r.shell(`fallocate -l "$(($(stat -f -c %a*%S "$1") - 1000000))" "$1/filler"`, r.root)
		_, err := r.try("pull", ref)
		words := []string{"no space left on device"}
		if k == ours {
			words = append(words, "the file system of store "+r.root+" is full")
		}
		r.refused(err, words...)
		if got := r.exec(r.old, "cat /app/file"); got != "one" {
			t.Errorf("the running container reads %q", got)
		}
		r.shell(`rm "$1/filler"`, r.root)
		r.crictl("pull", ref)
		r.goesOn()
		r.clear()
	})
}

// TestImageBroken pulls an image with a layer that ends early, which neither driver takes.
func TestImageBroken(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		r := newRunning(t, k, options{})
		whole := podman.Layer(layertest.File("file", strings.Repeat("content\n", 10_000)))
		ref := push(t, "broken", whole[:len(whole)/2])
		_, err := r.try("pull", ref)
		words := []string{"unexpected EOF"}
		if k == ours {
			words = append(words, podman.Digest(nil)[:7])
		}
		r.refused(err, words...)
		r.goesOn()
		r.clear()
	})
}

// TestRegistryDown pulls from a registry that nobody serves.
func TestRegistryDown(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		r := newRunning(t, k, options{})
		_, err := r.try("pull", "127.0.0.1:1/image:latest")
		r.refused(err, "127.0.0.1:1", "connection refused")
		r.goesOn()
		r.clear()
	})
}

// noErofs are the system calls that mount EROFS.
var noErofs = []seccomp.Rule{{Number: unix.SYS_FSOPEN}, {Number: unix.SYS_MOUNT}}

// TestNoErofs has CRI-O run on a kernel without EROFS: new images are plain, and a container of an image that is
// composefs is refused with the reason.
func TestNoErofs(t *testing.T) {
	t.Parallel()
	r := newRunning(t, ours, options{})
	missing := seccomp.New(t, noErofs, func(c seccomp.Call) unix.Errno {
		name := 0
		if c.Number == unix.SYS_MOUNT {
			name = 2
		}
		if c.Text(name) == "erofs" {
			return unix.ENODEV
		}
		return 0
	})
	r.stop("TERM") // after an unclean end CRI-O itself removes images that it cannot mount
	must(t, r.die())
	r.Around = missing.Command
	r.boot()
	r.start()
	_, err := r.try("runp", r.config)
	r.refused(err, "is composefs, which cannot be mounted here", "erofs: the kernel does not have this file system", "composefs-storage convert --plain --all")
	r.crictl("rmp", "--all", "--force")
	if out, code := r.storage("convert", "--plain", "--all"); code != 0 {
		t.Fatalf("convert --plain: exit code %d: %s", code, out)
	}
	next := push(t, "next", podman.Layer(layertest.File("file", "of the next image")))
	r.crictl("pull", next)
	p := r.node.pod("two")
	if got := r.exec(p.container("plain", r.ref), "cat /app/file"); got != "one" {
		t.Errorf("a container of a layer that was made plain reads %q", got)
	}
	if got := r.exec(p.container("next", next), "cat /file"); got != "of the next image" {
		t.Errorf("a container of a new image reads %q", got)
	}
	r.sound()
	r.clear()
}
