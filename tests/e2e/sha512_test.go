//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// bySHA512 returns a store that names objects by sha512.
func bySHA512(t *testing.T) *podman.Podman {
	t.Helper()
	return podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Composefs: "algorithm = 'sha512'\n"})
}

// TestSHA512 has a store by sha512 beside one by sha256. Containers see the same files. An export to a
// repository by sha512 has links only, and a repair, a build and both conversions work as usual.
func TestSHA512(t *testing.T) {
	t.Parallel()
	other, p := podman.New(t, podman.Ours), bySHA512(t)
	content := strings.Repeat("content\n", 1000)
	ref := pull(t, other, layertest.Tar(layertest.Dir("usr"), layertest.File("usr/file", content), layertest.File("usr/gone", content+"gone")),
		layertest.Tar(layertest.File("usr/.wh.gone", ""), layertest.File("usr/small", "small")))
	p.Run("pull", "-q", ref)
	same(t, "sha256 and sha512", seen(t, other, ref), seen(t, p, ref))
	checkLayers(t, p)
	checkSays(t, p, 0, "found: 0 damaged", "--all")
	if out, err := p.Storage(t.Context(), "digest", ref).Output(); err != nil || len(strings.TrimSpace(string(out))) != 128 {
		t.Errorf("digest: %s, %v", out, err)
	}

	dir := filepath.Join(p.Store.Dir, "repo")
	e := export(t, p, ref, dir, "--link", "--algorithm=sha512")
	if e.Linked < 2 || e.Reflinked+e.Copied > 0 || len(e.Merged) != 128 {
		t.Errorf("export: %+v", e)
	}
	theirs := export(t, other, ref, filepath.Join(other.Store.Dir, "repo"), "--algorithm=sha512")
	if theirs.Canonical != e.Canonical || theirs.Linked > 0 {
		t.Errorf("export of the store by sha256: %+v, want canonical %s", theirs, e.Canonical)
	}

	object := filepath.Join(p.Store.Root, "overlay-composefs/objects", objects.Path(verity.SHA512.Sum([]byte(content))))
	must(t, os.WriteFile(object, []byte(strings.ToUpper(content)), 0o600))
	checkSays(t, p, 3, "/usr/file", ref)
	checkSays(t, p, 0, "repaired: from docker://"+ref, ref, "--repair", "--from", "docker://"+ref)
	checkSays(t, p, 0, "found: 0 damaged", "--all")

	context := filepath.Join(p.Store.Dir, "context")
	must(t, os.Mkdir(context, 0o755))
	writeFile(t, context, "new", strings.Repeat("new", 100))
	writeFile(t, context, "Containerfile", "FROM "+ref+"\nCOPY new /usr/new\n")
	p.Run("build", "-q", "--network=none", "-t", "built", context)
	built := seen(t, p, "built")
	runTool(t, p, "convert", "--plain", "--all")
	same(t, "built and plain", built, seen(t, p, "built"))
	runTool(t, p, "convert", "--all")
	same(t, "built and composefs again", built, seen(t, p, "built"))
	checkSays(t, p, 0, "found: 0 damaged", "--all")

	box := push(t, rich()...)
	made := func(p *podman.Podman) *tree.Tree {
		p.Run("pull", "-q", box)
		p.Run("run", "--name=box", box, "sh", "-c", "cd /; echo more >>home/big; rm -r replaced; chown 7:8 external; touch -d @7 home/big home external .")
		p.Run("commit", "-q", "box", "made")
		p.Run("rm", "box")
		return seen(t, p, "made")
	}
	same(t, "committed in both", made(other), made(p))
	checkSays(t, p, 0, "found: 0 damaged", "--all")

	must(t, os.RemoveAll(dir)) // its objects have links too
	p.Run("rmi", "--all")
	runTool(t, p, "gc")
	if left, _ := filepath.Glob(filepath.Join(p.Store.Root, "overlay-composefs/objects/*/*")); len(left) > 0 {
		t.Errorf("%q are left", left)
	}
}

// TestSHA512Import imports repositories of composefs-rs by both algorithms. Objects by sha512 get links, and
// those by sha256 are copied.
func TestSHA512Import(t *testing.T) {
	t.Parallel()
	p := bySHA512(t)
	vectors := boottest.Unpack(t)
	for _, image := range boottest.Images(t) {
		for _, algorithm := range []string{"sha512", "sha256"} {
			name := "vector/" + image.Name + ":1"
			said := importImage(t, p, filepath.Join(vectors, image.Name+"."+algorithm+".repo"), name)
			if linked := !strings.Contains(said, "objects: 0 linked, 0 were there"); linked != (algorithm == "sha512") {
				t.Errorf("%s %s: import said %s", image.Name, algorithm, said)
			}
			for _, format := range []string{"sha512", "sha256"} {
				out, err := p.Storage(t.Context(), "digest", "--oci", "--format=v1-"+format+"-12", name).Output()
				if got := strings.TrimSpace(string(out)); err != nil || got != image.Digests[format+" oci"] {
					t.Errorf("%s %s: digest by %s %s, %v, want %s", image.Name, algorithm, format, got, err, image.Digests[format+" oci"])
				}
			}
			checkSays(t, p, 0, "found: 0 damaged", "--all")
			p.Run("rmi", name)
		}
	}
}
