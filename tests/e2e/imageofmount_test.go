//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestImageOfMount makes an image of a mounted container image by mkcomposefs, and mounts it with the objects
// that mkcomposefs has copied. With --hard-links and the
// format of layers it is the merged image.
func TestImageOfMount(t *testing.T) {
	p := podman.New(t, podman.Ours)
	large := strings.Repeat("large\n", 100)
	ref := push(t, podman.Layer(layertest.Dir("d"), layertest.File("d/file", large), layertest.Link("d/link", "d/file"), layertest.File("d/gone", large)),
		layertest.Tar(layertest.File("d/.wh.gone", ""), layertest.Symlink("d/symlink", "file")))
	p.Run("pull", "-q", ref)
	shown := p.Run("image", "mount", ref)
	repo, mounted := filepath.Join(p.Store.Dir, "repo"), filepath.Join(p.Store.Dir, "mounted")
	must(t, os.Mkdir(repo, 0o755))
	must(t, os.Mkdir(mounted, 0o755))
	image := filepath.Join(p.Store.Dir, "out.cfs")
	tool := func(args ...string) string {
		t.Helper()
		out, err := p.Storage(t.Context(), args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	tool("mkcomposefs", shown, "--digest-store="+repo, image)
	tool("mount", image, mounted, "-o", "basedir="+repo)
	defer func() { _ = exec.Command("umount", mounted).Run() }()
	if out, err := exec.Command("diff", "-r", "--no-dereference", shown, mounted).CombinedOutput(); err != nil {
		t.Errorf("the mounts differ: %v: %s", err, out)
	}
	if got, want := tool("mkcomposefs", "--min-version=1", "--hard-links", "--print-digest-only", shown), tool("digest", ref); got != want {
		t.Errorf("with hard links the digest is %s, that of the merged image %s", got, want)
	}
	if got, want := tool("mkcomposefs", "--min-version=1", "--print-digest-only", shown), tool("digest", ref); got == want {
		t.Error("without --hard-links the digest is the same")
	}
}
