//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// guarded returns a podman whose policy files are in dir.
func guarded(t *testing.T, more string) (p *podman.Podman, policy string) {
	t.Helper()
	store := podman.NewStore(t)
	dir := filepath.Join(store.Dir, "digests")
	if err := os.Mkdir(dir, 0o755); err != nil { // a user reads it too
		t.Fatal(err)
	}
	return store.Podman(t, podman.Ours, podman.Options{Composefs: fmt.Sprintf("digests_dir = %q\n%s", dir, more)}), filepath.Join(dir, "test.toml")
}

func writePolicy(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// pullOther pulls another image than pull.
func pullOther(t *testing.T, p *podman.Podman) string {
	t.Helper()
	ref := podman.SharedRegistry(t).Push(t, imageName(t)+"-other", image(t))
	p.Run("pull", "-q", ref)
	return ref
}

// refused runs podman, which must fail with a text.
func refused(t *testing.T, p *podman.Podman, text string, args ...string) {
	t.Helper()
	if out, err := p.Try(args...); err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%q: %s, %v, want %q", args, out, err, text)
	}
}

// TestExpected runs containers of an image with the entry that composefs-storage prints,
// and with a wrong one.
func TestExpected(t *testing.T) {
	t.Parallel()
	p, file := guarded(t, "")
	ref := pull(t, p, podman.Layer(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("f", 100))))
	other := pullOther(t, p)
	entry := runTool(t, p, "digest", "--policy", "--oci", ref)
	digest := runTool(t, p, "digest", ref)
	id := p.Run("image", "inspect", "--format={{.Id}}", ref)
	if !strings.Contains(entry, "config = \"sha256:"+id+"\"\nmerged = \""+digest+"\"") {
		t.Fatalf("entry:\n%s", entry)
	}

	writePolicy(t, file, entry)
	if got := p.Run("run", "--rm", ref, "cat", "/usr/f"); got != strings.Repeat("f", 100) {
		t.Errorf("with the right entry: %q", got)
	}
	nothing := strings.Repeat("0", 64)
	writePolicy(t, file, strings.ReplaceAll(entry, digest, nothing))
	want := "sha256:" + id + ": its merged image "
	refused(t, p, want, "run", "--rm", ref, "true")
	refused(t, p, "has the digest "+digest+", but "+file+":2 expects "+nothing, "run", "--rm", ref, "true")
	refused(t, p, want, "image", "mount", ref)
	if got := p.Run("run", "--rm", other, "echo", "other"); got != "other" {
		t.Errorf("another image: %q", got)
	}
	writePolicy(t, file, "[[image]]\nmerged = 1")
	refused(t, p, file+":2: merged: must be a string, in quotes", "run", "--rm", other, "true")
	if got := p.Run("images", "-q", "--no-trunc", ref); got != "sha256:"+id {
		t.Errorf("what mounts nothing does not work: %q", got)
	}
	writePolicy(t, file, "")
	p.Run("run", "--rm", ref, "true")
}

// TestExpectedAll runs listed images only.
func TestExpectedAll(t *testing.T) {
	t.Parallel()
	p, file := guarded(t, `expected = "all"`)
	ref := pull(t, p, podman.Layer(layertest.File("f", strings.Repeat("f", 100))))
	other := pullOther(t, p)
	writePolicy(t, file, runTool(t, p, "digest", "--policy", ref))
	p.Run("run", "--rm", ref, "true")
	container := p.Run("create", ref)
	refused(t, p, `no digest is expected of its image, and composefs.conf has expected = "all"`, "run", "--rm", other, "true")
	p.Run("rm", container)
	p.Run("rmi", other)
}

// TestStated builds an image with its digest in an annotation, and has it checked.
func TestStated(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, podman.Layer(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("f", 100))))
	for _, format := range []string{"v1-sha256-12", "v1-sha512-12"} {
		annotation := runTool(t, p, "digest", "--oci", "--annotations", "--format", format, ref)
		for value, want := range map[string]string{annotation: "match", annotation[:len(annotation)-1] + "x": "MISMATCH"} {
			dir := t.TempDir()
			writePolicy(t, filepath.Join(dir, "Containerfile"), "FROM "+ref+"\nLABEL a=b\n")
			id := p.Run("build", "-q", "--network=none", "--ulimit=nproc=4096:4096", "--annotation", value, dir)
			if got := runTool(t, p, "inspect", id); !strings.Contains(got, value+": "+want) {
				t.Errorf("want %s=%s:\n%s", value, want, got)
			}
		}
	}
}
