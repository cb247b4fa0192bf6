//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestToolsAtOnce has podman, buildah and skopeo use one store at a time: they run, pull,
// build, copy and remove images that share layers.
func TestToolsAtOnce(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		layers := many(6)
		p.Run("tag", pull(t, p, layers[:3]...), "base")
		var refs []string
		for i := range 3 {
			refs = append(refs, podman.SharedRegistry(t).Push(t, imageName(t)+fmt.Sprint("/", i), image(t, layers[:4+i]...)))
		}
		buildah, skopeo := p.Tool("buildah"), p.Tool("skopeo")
		users := []func(turn string) error{
			func(string) error { return does("layer 2", p, "run", "--rm", "base", "cat", "/layers/2") },
			func(string) error { return errors.Join(pullAgain(p, refs[0]), does("", p, "rmi", "-f", refs[0])) },
			func(turn string) error {
				for _, args := range [][]string{
					{"from", "-q", "--name", turn, "base"}, {"run", "--network=none", turn, "sh", "-c", "rm /layers/2; echo built > /built"},
					{"commit", "-q", turn, turn}, {"rm", turn},
				} {
					if err := does("", buildah, args...); err != nil {
						return err
					}
				}
				return does("built", p, "run", "--rm", turn, "cat", "/built")
			},
			func(turn string) error {
				dir := filepath.Join(p.Store.Dir, turn)
				return errors.Join(does("", skopeo, "copy", "-q", "containers-storage:localhost/base", "dir:"+dir), os.RemoveAll(dir))
			},
			func(string) error {
				return errors.Join(copyAgain(skopeo, refs[1]), does("", skopeo, "delete", "containers-storage:"+refs[1]))
			},
			func(string) error { return copyAgain(skopeo, refs[2]) },
		}
		atOnce(t, len(users), func(i int) (err error) {
			for turn := range 3 {
				err = errors.Join(err, users[i](fmt.Sprintf("turn-%d-%d", i, turn)))
			}
			return err
		})
		same(t, "copied at once", seenPlain(t, image(t, layers...)), seen(t, p, refs[2]))
		checkLayers(t, p)
		p.Tool("containers-storage").Run("check")
		p.Run("system", "check")
		p.Store.Clean(t)
		p.Run("rmi", "-af")
		checkEmpty(t, p)
	})
}

// does runs a command that prints something.
func does(something string, p *podman.Podman, args ...string) error {
	out, err := p.Try(args...)
	if err == nil && !strings.Contains(out, something) {
		err = fmt.Errorf("%q said %q", args, out)
	}
	return err
}

// copyAgain has skopeo copy an image into the store, as pullAgain does.
func copyAgain(skopeo *podman.Podman, ref string) (err error) {
	for range 5 {
		err = does("", skopeo, "copy", "-q", "docker://"+ref, "containers-storage:"+ref)
		if !isRemoved(err) {
			return err
		}
	}
	return err
}

// TestToolsWithoutDriver has buildah and skopeo without our driver use a store of ours, with
// composefs on or off. They see the images of ours and give out their tars. Their
// layers are plain, and shown, until ours converts them.
func TestToolsWithoutDriver(t *testing.T) {
	for _, kind := range []podman.Kind{podman.Plain, podman.StockComposefs} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			img := image(t, rich()...)
			ref := pushImage(t, img)
			p := podman.New(t, podman.Ours)
			p.Run("pull", "-q", ref)
			q := p.As(kind)
			buildah, skopeo := q.Tool("buildah"), q.Tool("skopeo")

			dir := filepath.Join(p.Store.Dir, "copied")
			skopeo.Run("copy", "-q", "--dest-decompress", "containers-storage:"+ref, "dir:"+dir)
			for _, id := range img.DiffIDs() {
				if len(glob(t, dir, strings.TrimPrefix(id, "sha256:"))) == 0 {
					t.Errorf("layer %s was not copied", id)
				}
			}
			buildah.Run("from", "-q", "--name", "box", ref)
			same(t, "plain and buildah", seenPlain(t, img), readTree(t, buildah.Run("mount", "box")), "/")
			buildah.Run("umount", "box")
			buildah.Run("run", "--network=none", "box", "sh", "-c", "rm -r /home; echo new > /new")
			buildah.Run("commit", "-q", "--rm", "box", "committed")
			if got := p.Run("run", "--rm", "committed", "sh", "-c", "ls -a / | grep -e home -e new -e gone; cat /hidden/new"); got != "gone\nnew\nnew" {
				t.Errorf("committed is %q", got)
			}
			p.Run("rmi", "-a")

			other := image(t, rich()[0])
			otherRef := podman.SharedRegistry(t).Push(t, imageName(t)+"/other", other)
			skopeo.Run("copy", "-q", "docker://"+otherRef, "containers-storage:there")
			want := seenPlain(t, other)
			same(t, "copied", want, seen(t, p, "there"), "/")
			runTool(t, p, "convert", "there")
			same(t, "converted", want, seen(t, p, "there"), "/")
			checkLayers(t, p)
			p.Run("system", "check")
			p.Run("rmi", "there")
			checkEmpty(t, p)
		})
	}
}

// TestToolsInterrupted interrupts buildah and skopeo in the middle of a pull. Unlike podman
// they do not catch signals, so that a staged layer may be left; the next command of
// podman or buildah tidies, or the next pull of skopeo.
func TestToolsInterrupted(t *testing.T) {
	t.Parallel()
	img := victim(podman.Gzip)
	for _, interrupted := range []string{"buildah", "skopeo"} {
		for _, next := range []string{"podman", "buildah", "skopeo"} {
			t.Run(interrupted+" then "+next, func(t *testing.T) {
				p := podman.New(t, podman.Ours)
				s := newSite(t, img)
				commands := map[string][]string{"buildah": {"pull", "-q", "--retry=0", s.ref}, "skopeo": {"copy", "-q", "docker://" + s.ref, "containers-storage:" + s.ref}}
				cmd := p.Tool(interrupted).Command(t.Context(), commands[interrupted]...)
				var once sync.Once
				s.answer = func(w http.ResponseWriter, r *http.Request, digest string, _ int) bool {
					if digest != s.Layers[1] {
						return false
					}
					serveBytes(&stalling{w, 300_000, func() {
						once.Do(func() { _ = cmd.Process.Signal(syscall.SIGINT) })
						<-r.Context().Done()
					}}, r, s.Blobs[digest])
					return true
				}
				if err := cmd.Run(); err == nil {
					t.Error("the pull succeeded")
				}
				s.right(t, img)
				var err error // they may warn of a layer that was being committed
				switch next {
				case "podman":
					_, err = p.Try("images")
				case "buildah":
					_, err = p.Tool(next).Try("images")
				default:
					_, err = p.Tool(next).Try(commands[next]...)
				}
				if err != nil {
					t.Fatal(err)
				}
				p.Store.Clean(t)
				checkPool(t, p)
				p.Tool("skopeo").Run(commands["skopeo"]...)
				same(t, "wanted and copied", seenPlain(t, img), seen(t, p, s.ref))
				p.Run("rmi", s.ref)
				checkEmpty(t, p)
			})
		}
	}
}
