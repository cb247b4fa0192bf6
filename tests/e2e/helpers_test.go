//go:build linux

package e2e_test

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

func TestMain(m *testing.M) {
	podman.RootOnly = rootOnly
	podman.Main(m)
}

// both runs a test with plain stock podman, which shows that the test is right, and
// with ours.
func both(t *testing.T, test func(t *testing.T, p *podman.Podman)) {
	t.Helper()
	t.Parallel()
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		t.Run(kind.String(), func(t *testing.T) { test(t, podman.New(t, kind)) })
	}
}

// likePlain does the same with plain stock podman and with ours. The results must
// be equal.
func likePlain(t *testing.T, do func(t *testing.T, p *podman.Podman) string) {
	t.Helper()
	want := ""
	both(t, func(t *testing.T, p *podman.Podman) {
		got := do(t, p)
		if p.Kind == podman.Plain {
			want = got
		} else if got != want {
			t.Errorf("got:\n%s\nwant, as the plain driver says:\n%s", got, want)
		}
	})
}

// treeLikePlain does the same with plain stock podman and with ours. The trees that it
// returns must be the same.
func treeLikePlain(t *testing.T, do func(t *testing.T, p *podman.Podman) *tree.Tree) {
	t.Helper()
	var want *tree.Tree
	both(t, func(t *testing.T, p *podman.Podman) {
		got := do(t, p)
		if p.Kind == podman.Plain {
			want = got
		} else {
			same(t, "plain and ours", want, got)
		}
	})
}

// push puts an image of busybox and further layers into the registry, and returns how
// podman names it.
func push(t *testing.T, layers ...[]byte) string {
	t.Helper()
	return pushImage(t, image(t, layers...))
}

// pushImage puts an image into the registry under a name made of the test's.
func pushImage(t *testing.T, img podman.Image) string {
	t.Helper()
	return podman.SharedRegistry(t).Push(t, imageName(t), img)
}

// imageName returns a name of an image made of the test's.
func imageName(t *testing.T) string {
	return strings.Trim(notInName.ReplaceAllString(strings.ToLower(t.Name()), "-"), "-")
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// image returns an image of busybox and further layers.
func image(t *testing.T, layers ...[]byte) podman.Image {
	return podman.Image{Layers: append([][]byte{podman.Busybox(t)}, layers...), Compression: podman.Gzip, Cmd: []string{"sh"}}
}

// pull has p pull an image of busybox and further layers, and returns its name.
func pull(t *testing.T, p *podman.Podman, layers ...[]byte) string {
	t.Helper()
	ref := push(t, layers...)
	p.Run("pull", "-q", ref)
	return ref
}

// seenPlain returns the tree of an image as the plain driver shows it.
func seenPlain(t *testing.T, img podman.Image) *tree.Tree {
	t.Helper()
	key := strings.Join(img.DiffIDs(), " ")
	plain.Lock()
	defer plain.Unlock()
	if plain.trees[key] == nil {
		dir := t.TempDir()
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		p := podman.New(t, podman.Plain)
		plain.trees[key] = seen(t, p, p.Run("pull", "-q", "oci:"+dir))
	}
	return plain.trees[key]
}

// plain are the trees that the plain driver has shown so far, by the layers.
var plain = struct {
	sync.Mutex
	trees map[string]*tree.Tree
}{trees: map[string]*tree.Tree{}}

// seen returns the tree of an image, as "podman image mount" shows it.
func seen(t *testing.T, p *podman.Podman, image string) *tree.Tree {
	t.Helper()
	dir := p.Run("image", "mount", image)
	defer p.Run("image", "unmount", image)
	return readTree(t, dir)
}

// seenByContainer returns the tree of a container, as "podman mount" shows it. No
// container may be running.
func seenByContainer(t *testing.T, p *podman.Podman, container string) *tree.Tree {
	t.Helper()
	if err := p.Store.Settle(); err != nil {
		t.Fatal(err)
	}
	dir := p.Run("mount", container)
	defer p.Run("unmount", container)
	return readTree(t, dir)
}

func readTree(t *testing.T, dir string) *tree.Tree {
	t.Helper()
	tr, err := mounted.Read(dir, mounted.Options{SkipGhosts: true})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// same reports in what two trees differ, but for the times of directories, which the
// plain driver does not keep, and the metadata of the directories that are named: those
// that a layer implies.
func same(t *testing.T, what string, a, b *tree.Tree, implied ...string) {
	t.Helper()
	for i, d := range differences(a, b, implied...) {
		if i == 20 {
			t.Errorf("%s: … and more", what)
			return
		}
		t.Errorf("%s: %s", what, d)
	}
}

func differences(a, b *tree.Tree, implied ...string) []tree.Difference {
	allow := mounted.Allow{DirTimes: true, Metadata: map[string]bool{}}
	for _, dir := range implied {
		allow.Metadata[dir] = true
	}
	return mounted.Compare(a, b, allow)
}

// serve serves HTTP on a port of this machine for the duration of the test, and returns
// the address.
func serve(t *testing.T, server *http.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-done // always an error
	})
	return l.Addr().String()
}

// must fails the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
