//go:build crio

package crio_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestRollBack has CRI-O without our driver take over a store while containers run, and ours take it back. Containers go
// on both times, images stay, and new containers see the same. Stock CRI-O needs mkcomposefs.
func TestRollBack(t *testing.T) {
	t.Parallel()
	n, ref := newNode(t, ours, options{image: pauseImage(t)}), application(t)
	n.crictl("pull", ref)
	p := n.pod("one")
	first := p.container("ours", ref)
	n.exec(first, "echo kept >/app/kept")
	tree := func(container string) string {
		return n.exec(container, "cd /app; ls -A; stat -c '%n %a %u %g %h %s' *; cat *")
	}
	want, images := tree(p.container("other", ref)), n.crictl("images", "--quiet")
	n.Around = func(command ...string) []string {
		return append([]string{"env", "PATH=" + n.bin + ":/usr/sbin:/usr/bin:/sbin:/bin"}, command...)
	}
	running := []string{first}
	for _, k := range []kind{plain, ours} {
		n.stop("TERM")
		n.kind = k
		n.start()
		if got := n.crictl("images", "--quiet"); got != images {
			t.Errorf("%s: images are %q, want %q", k, got, images)
		}
		for _, c := range running {
			if got := n.exec(c, "cat /app/file"); got != "one" {
				t.Errorf("%s: a container that ran before reads %q", k, got)
			}
		}
		if got := n.exec(first, "cat /app/kept"); got != "kept" {
			t.Errorf("%s: the first container reads its file as %q", k, got)
		}
		next := p.container("by-"+k.String(), ref)
		if got := tree(next); got != want {
			t.Errorf("%s: a new container sees\n%s\nwant\n%s", k, got, want)
		}
		running = append(running, next)
		n.crictl("pull", push(t, "pulled-by-"+k.String(), podman.Layer(layertest.File("file", k.String()))))
		images = n.crictl("images", "--quiet")
	}
	n.sound()
	n.clear()
}

// TestImageStore has images on a file system apart from containers, as kubelet supports it (KEP-4191).
func TestImageStore(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n, ref := newNode(t, k, options{image: pauseImage(t), images: true}), application(t)
		n.crictl("pull", ref)
		p := n.pod("one")
		c := p.container("first", ref)
		if got := n.exec(c, "cat /app/file; echo more >>/app/file; cat /app/file"); got != "oneonemore" {
			t.Errorf("a container reads %q", got)
		}
		if got := n.exec(p.container("second", ref), "cat /app/file"); got != "one" {
			t.Errorf("another container reads %q", got)
		}
		if k == ours {
			if objects, _ := os.ReadDir(filepath.Join(n.imageStore(), "overlay-composefs/objects")); len(objects) == 0 {
				t.Error("the image store has no objects")
			}
			if _, err := os.Stat(filepath.Join(n.root, "overlay-composefs/objects")); err == nil {
				t.Error("the store of containers has objects, too")
			}
			n.sound()
		}
		n.stop("KILL")
		n.start()
		n.exec(c, "true")
		n.clear()
	})
}
