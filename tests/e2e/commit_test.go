//go:build linux

package e2e_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestCommit commits a container that has changed files in every way, runs the image
// and changes it again.
func TestCommit(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", changes)
		p.Run("commit", "-q", "box", "once")
		same(t, "container and image of it", seenByContainer(t, p, "box"), seen(t, p, "once"))
		got := p.Run("run", "--rm", "once", "sh", "-c", "cat /symlink /new/dir/file /odd /new/turned; stat -c %a:%s /home/big; ls /inline 2>&1; true")
		if got != "newfresh\nnow a file\nnow a file700:300000\nls: /inline: No such file or directory" {
			t.Errorf("the image has %q", got)
		}
		// A renamed file has no capabilities: where the kernel does not rename it, busybox's mv loses them.
		p.Run("run", "--name", "box2", "once", "sh", "-c", "rm -r /new; chmod 640 /home/big; mv /home /HOME; mv /odd /ODD")
		p.Run("commit", "-q", "box2", "twice")
		p.Run("system", "check")
		checkLayers(t, p)
		return seen(t, p, "twice")
	})
}

// TestCommitRunning commits a container that is running and goes on.
func TestCommitRunning(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		p.Run("run", "-d", "--name", "box", ref, "sleep", "100")
		p.Run("exec", "box", "sh", "-c", changes)
		p.Run("commit", "-q", "-p=false", "box", "running")
		p.Run("exec", "box", "sh", "-c", "echo later > /later")
		return seen(t, p, "running")
	})
}

// TestCommitNothing commits a container that changed nothing.
func TestCommitNothing(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("create", "--name", "box", ref)
		p.Run("commit", "-q", "box", "nothing")
		same(t, "image and container", seen(t, p, ref), seen(t, p, "nothing"))
		if got := namesInTop(t, p, "nothing"); len(got) > 0 {
			t.Errorf("the layer has %q", got)
		}
	})
}

// TestM3CommitHasOnlyChanges changes one file of a large image: the layer has that file
// and its directories only. (Stock composefs looks at every file of the image to find
// that out.)
func TestM3CommitHasOnlyChanges(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		entries := []layertest.Entry{layertest.Dir("d")}
		for i := range 50 {
			entries = append(entries, layertest.Dir(fmt.Sprintf("d/%d", i)))
			for j := range 40 {
				entries = append(entries, layertest.File(fmt.Sprintf("d/%d/%d", i, j), fmt.Sprint(i, j)))
			}
		}
		ref := pull(t, p, podman.Layer(entries...))
		p.Run("run", "--name", "box", ref, "sh", "-c", "echo changed > /d/7/7; rm /d/8/8")
		p.Run("commit", "-q", "box", "changed")
		got := namesInTop(t, p, "changed")
		want := []string{"d/", "d/7/", "d/7/7", "d/8/", "d/8/.wh.8"}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("the layer has %q, want %q", got, want)
		}
	})
}

// namesInTop returns the names in the topmost layer of an image, sorted.
func namesInTop(t *testing.T, p *podman.Podman, image string) (names []string) {
	t.Helper()
	dir := t.TempDir()
	p.Run("save", "-q", "--format", "docker-dir", "-o", dir, image)
	var manifest struct{ Layers []struct{ Digest string } }
	readJSON(t, filepath.Join(dir, "manifest.json"), &manifest)
	top := manifest.Layers[len(manifest.Layers)-1].Digest
	layer, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(top, "sha256:")))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(bytes.NewReader(gunzip(t, layer))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

const containerfile = `FROM %[1]s AS one
RUN echo one > /one && chmod 600 /home/big && rm -r /gone && touch -d @1600000000 /one
FROM %[1]s
COPY --from=one /one /home/big /two/
RUN rm /inline && mv /two/one /two/ONE && ln -s two /link && touch -h -d @1600000000 /link
ADD context.txt /context.txt
CMD cat /two/ONE
`

// TestBuild builds an image in stages, and again from the cache.
func TestBuild(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		dir := t.TempDir()
		writeFile(t, dir, "Containerfile", fmt.Sprintf(containerfile, ref))
		writeFile(t, dir, "context.txt", "context")
		if err := os.Chtimes(filepath.Join(dir, "context.txt"), podman.Time, podman.Time); err != nil {
			t.Fatal(err)
		}
		build := []string{"build", "-q", "--network=none", "--ulimit=nproc=4096:4096", "--layers", "-t", "built", dir}
		id := p.Run(build...)
		if again := p.Run(build...); again != id {
			t.Errorf("built %s, then %s", id, again)
		}
		if got := p.Run("run", "--rm", "built"); got != "one" {
			t.Errorf("it says %q", got)
		}
		p.Run("system", "check")
		checkLayers(t, p)
		return seen(t, p, "built")
	})
}

// TestBuildSquashed builds an image of one layer.
func TestBuildSquashed(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		dir := t.TempDir()
		writeFile(t, dir, "Containerfile", "FROM "+ref+"\nRUN rm -r /home /odd\nRUN --mount=type=bind,from="+ref+",source=/,target=/tmp cp -r /tmp/home /copied; touch -d @1600000000 /copied /copied/*")
		p.Run("build", "-q", "--network=none", "--ulimit=nproc=4096:4096", "--squash-all", "-t", "built", dir)
		return seen(t, p, "built")
	})
}

const stepfile = `FROM %s
RUN mkdir -p /t/d/sub && echo 1 >/t/d/one && echo 2 >/t/d/sub/two && ln /t/d/one /t/d/link
RUN chmod 640 /home/big && rm /t/d/one && chown 7:8 /t/d/sub/two
RUN rm -r /t/d && mkdir /t/d && echo new >/t/d/new
RUN mv /t/d /t/e && ln /t/e/new /t/e/again && ln /home/big /t/big
RUN chmod 600 /t/e/new && rm -r /gone && mkdir /gone
RUN find /t /home /gone -exec touch -h -d @1600000000 {} +
`

// TestBuildSteps builds an image in steps, each of which changes files of the steps before it. Only the
// base and the built image are merged.
func TestBuildSteps(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		dir := t.TempDir()
		writeFile(t, dir, "Containerfile", fmt.Sprintf(stepfile, ref))
		p.Run("build", "-q", "--network=none", "--ulimit=nproc=4096:4096", "--layers", "-t", "built", dir)
		if p.Kind == podman.Ours {
			images, err := os.ReadDir(filepath.Join(p.Store.Root, "overlay-composefs/images"))
			if err != nil || len(images) != 2 {
				t.Errorf("%d merged images, want 2: %v", len(images), err)
			}
		}
		p.Run("system", "check")
		checkLayers(t, p)
		return seen(t, p, "built")
	})
}
