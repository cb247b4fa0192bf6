//go:build crio

package crio_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestRestart ends CRI-O by signals while a container runs: it goes on.
func TestRestart(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n, ref := newNode(t, k, options{image: pauseImage(t)}), application(t)
		n.crictl("pull", ref)
		p := n.pod("one")
		running := p.container("running", ref)
		n.exec(running, "echo kept >/app/kept")
		for _, signal := range []string{"KILL", "TERM"} {
			n.stop(signal)
			n.start()
			if got := n.exec(running, "cat /app/kept /app/file"); got != "kept\none" {
				t.Errorf("after SIG%s the container reads %q", signal, got)
			}
			if got := n.crictl("ps", "--quiet"); got != running {
				t.Errorf("after SIG%s these containers run: %q, want %q", signal, got, running)
			}
			next := p.container("after-"+strings.ToLower(signal), ref)
			n.exec(next, "cat /app/new")
			n.crictl("rm", "--force", next)
		}
		if k == ours {
			n.sound()
		}
		n.clear()
	})
}

// TestNodeDies cuts the power of a node while a pod runs: images stay, and the next pod runs.
func TestNodeDies(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n, ref := newNode(t, k, options{image: pauseImage(t)}), application(t)
		n.crictl("pull", ref)
		n.pod("old").container("old", ref)
		images := n.crictl("images", "--quiet")
		must(t, n.die())
		n.boot()
		n.start()
		if got := n.crictl("images", "--quiet"); got != images {
			t.Errorf("images are %q, want %q", got, images)
		}
		if got := n.crictl("ps", "--quiet"); got != "" {
			t.Errorf("these containers run: %q", got)
		}
		c := n.pod("new").container("new", ref)
		if got := n.exec(c, "cat /app/file"); got != "one" {
			t.Errorf("a container reads %q", got)
		}
		if k == ours {
			n.sound()
		}
		n.clear()
	})
}

// damages are files that go wrong below a running pod.
var damages = map[string]func(object string) error{
	"changed": func(object string) error { return os.WriteFile(object, []byte("something else"), 0o600) },
	"missing": os.Remove,
}

// TestDamage damages an object while a pod runs: a repair takes it from the registry, CRI-O then deletes no
// image, and new containers read the right content.
func TestDamage(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content\n", 1000)
	ref := push(t, "damage", podman.Layer(layertest.File("file", content)))
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNode(t, ours, options{image: pauseImage(t)})
			n.crictl("pull", ref)
			p := n.pod("one")
			old := p.container("old", ref)
			images := n.crictl("images", "--quiet")
			must(t, damage(filepath.Join(n.root, "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))))
			if out, code := n.storage("check", "--all"); code != 3 {
				t.Errorf("check: exit code %d, want 3:\n%s", code, out)
			}
			if out, code := n.storage("check", "--all", "--repair", "--no-progress", "--from", "docker://"+ref); code != 0 {
				t.Errorf("check --repair: exit code %d:\n%s", code, out)
			}
			n.sound()
			n.stop("KILL") // an unclean shutdown: CRI-O checks the store when it starts
			n.start()
			if got := n.crictl("images", "--quiet"); got != images {
				t.Errorf("images are %q, want %q", got, images)
			}
			n.exec(old, "true")
			if got := n.exec(p.container("new", ref), "cat /file"); got != strings.TrimSpace(content) {
				t.Errorf("a new container reads %.100q", got)
			}
			n.clear()
		})
	}
}
