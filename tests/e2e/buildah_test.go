//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestBuildah makes an image step by step: it shows the container's tree, and podman
// runs it.
func TestBuildah(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := push(t, rich()...)
		buildah := p.Tool("buildah")
		buildah.Run("from", "-q", "--pull", "--name", "box", ref)
		buildah.Run("run", "--network=none", "box", "sh", "-c", changes)
		buildah.Run("copy", "-q", "--from", ref, "box", "/home/big", "/copied/")
		writeFile(t, p.Store.Dir, "added", "added")
		buildah.Run("add", "-q", "--chown=7:8", "box", filepath.Join(p.Store.Dir, "added"), "/added")
		dir := buildah.Run("mount", "box")
		if err := os.Remove(filepath.Join(dir, "external")); err != nil {
			t.Error(err)
		}
		if err := os.Chtimes(filepath.Join(dir, "added"), podman.Time, podman.Time); err != nil {
			t.Error(err)
		}
		want := readTree(t, dir)
		buildah.Run("umount", "box")
		buildah.Run("config", "--cmd", "cat /symlink /added", "box")
		buildah.Run("commit", "-q", "box", "made")
		if got := p.Run("run", "--rm", "made"); got != "newadded" {
			t.Errorf("it says %q", got)
		}
		same(t, "container and image of it", want, seen(t, p, "made"))
		p.Run("system", "check")
		checkLayers(t, p)
		return want
	})
}

// TestBuildahBuild builds images from files. Their digests are those which they have
// without composefs: layers are the same to the byte. What podman has built is in the
// cache of buildah, and the other way round.
func TestBuildahBuild(t *testing.T) {
	for _, flags := range []string{"--layers", "--layers=false", "--squash"} {
		t.Run(flags, func(t *testing.T) {
			var want *tree.Tree
			likePlain(t, func(t *testing.T, p *podman.Podman) string {
				p.Run("tag", pull(t, p, rich()...), "base") // the name is in the history
				dir := filepath.Join(p.Store.Dir, "context")
				writeContext(t, dir)
				build := append(strings.Fields("build -q --network=none --ulimit=nproc=4096:4096 --timestamp=1600000000 "+flags), "-t", "built", dir)
				buildah := p.Tool("buildah")
				id := buildah.Run(build...)
				if again := p.Run(build...); again != id && !strings.Contains(flags, "squash") {
					t.Errorf("buildah built %s, then podman %s", id, again)
				}
				if got := p.Run("run", "--rm", "built"); got != "one big" {
					t.Errorf("it says %q", got)
				}
				p.Run("system", "check")
				checkLayers(t, p)
				tr := seen(t, p, "built")
				if want != nil {
					same(t, "plain and ours", want, tr)
				}
				want = tr
				return id + "\n" + strings.Join(diffIDs(p, "built"), "\n")
			})
		})
	}
}

// writeContext writes the context of a build, in stages.
func writeContext(t *testing.T, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "context.txt", "context")
	writeFile(t, dir, "Containerfile", `FROM base AS one
RUN echo one > /one && chmod 600 /home/big && rm -r /gone
FROM base
COPY --from=one /one /home/big /two/
RUN rm -r /inline /hidden && mkdir /hidden && echo again > /hidden/again && ln /two/big /two/hard && chmod 700 /usr
RUN --mount=type=bind,from=one,source=/home,target=/odd --mount=type=bind,target=/tmp cp /odd/big /big && cat /tmp/context.txt > /context
ADD context.txt /added.txt
CMD ["sh", "-c", "cat /two/one | (read one; echo $one $(test -s /big && echo big))"]
`)
}
