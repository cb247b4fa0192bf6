//go:build crio

package crio_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExpected allows listed images only: another one gets no container, and the error names the reason, which kubelet puts
// into the pod's event. An entry that is added counts at once.
func TestExpected(t *testing.T) {
	t.Parallel()
	n, ref := newNode(t, ours, options{image: pauseImage(t)}), application(t)
	pause := n.pausePulled(t)
	n.crictl("pull", ref)
	policy := filepath.Join(n.Dir, "containers/composefs-digests.d")
	must(t, os.Mkdir(policy, 0o755))
	must(t, os.WriteFile(filepath.Join(n.Dir, "containers/composefs.conf"), []byte(`expected = "all"`+"\n"), 0o600))
	allow := func(name, image string) {
		t.Helper()
		out, code := n.storage("digest", "--policy", image)
		if code != 0 {
			t.Fatalf("digest --policy: exit code %d: %s", code, out)
		}
		must(t, os.WriteFile(filepath.Join(policy, name+".toml"), []byte(out), 0o600))
	}
	allow("pause", pause)
	n.stop("TERM")
	n.start() // composefs.conf is read when CRI-O starts
	p := n.pod("one")
	if err := p.starts("container", ref); err == nil || !strings.Contains(err.Error(), "no digest is expected of its image, and composefs.conf has expected") {
		t.Errorf("an image that is not listed: %v", err)
	}
	allow("application", ref)
	n.exec(p.container("allowed", ref), "cat /app/file")
	n.clear()
}

// pausePulled pulls the image of pods, and returns its name.
func (n *node) pausePulled(t *testing.T) string {
	t.Helper()
	ref := push(t, "pause")
	n.crictl("pull", ref)
	return ref
}
