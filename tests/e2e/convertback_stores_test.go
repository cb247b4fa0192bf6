//go:build linux

package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// blobsIn returns the layer images in a store or imagestore.
func blobsIn(t *testing.T, root string) []string {
	t.Helper()
	return glob(t, root, "overlay/*/composefs-data/composefs.blob")
}

// TestConvertPlainAdditional makes layers plain that lie on those of an additional image store.
// The latter stay, and the command names their store and how to convert it there.
func TestConvertPlainAdditional(t *testing.T) {
	t.Parallel()
	layers := rich()
	there := podman.New(t, podman.Ours)
	base := podman.SharedRegistry(t).Push(t, imageName(t)+"/base", image(t, layers[0]))
	there.Run("pull", "-q", base)
	p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Additional: []string{there.Store.Root}})
	ref := pull(t, p, layers...)
	p.Run("run", "--name", "box", ref, "sh", "-c", "test ! -e /moved || exit 0\n"+changes)
	must(t, p.Store.Settle())
	want := seenByContainer(t, p, "box")
	shared := len(blobsIn(t, there.Store.Root))

	out, err := tool(t, p, "convert", "--plain", "--all").CombinedOutput()
	said := string(out)
	if err == nil || strings.Count(said, "stays: it is in store "+there.Store.Root+", which is only read") != shared ||
		strings.Count(said, "hint: convert that store by itself, with --root "+there.Store.Root) != 1 {
		t.Errorf("%v: %s", err, said)
	}
	if blobs := blobsIn(t, p.Store.Root); len(blobs) > 0 || len(blobsIn(t, there.Store.Root)) != shared {
		t.Errorf("composefs layers: %q here, and %d of %d there", blobs, len(blobsIn(t, there.Store.Root)), shared)
	}
	same(t, "above composefs", want, seenByContainer(t, p, "box"), "/")

	runTool(t, there, "convert", "--plain", "--all", "--root", there.Store.Root)
	runTool(t, p, "convert", "--plain", "--all") // completes the container
	stock := p.As(podman.Plain)
	same(t, "all plain", want, seenByContainer(t, stock, "box"), "/")
	stock.Run("start", "-a", "box")
}

// TestConvertPlainImageStore makes images plain that are kept apart from containers.
func TestConvertPlainImageStore(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	images := filepath.Join(s.Dir, "images")
	p := s.Podman(t, podman.Ours, podman.Options{ImageStore: images})
	ref := pull(t, p, rich()...)
	p.Run("run", "--name", "box", ref, "sh", "-c", "test ! -e /moved || exit 0\n"+changes)
	must(t, p.Store.Settle())
	want := seenByContainer(t, p, "box")
	if len(blobsIn(t, images)) != 4 {
		t.Fatalf("composefs layers: %q", blobsIn(t, images))
	}
	runTool(t, p, "convert", "--plain", "--all")
	if left := append(blobsIn(t, images), glob(t, images, "overlay-composefs/*/*/*")...); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	stock := s.Podman(t, podman.Plain, podman.Options{ImageStore: images, Warns: podman.ImageStoreWarning})
	same(t, "before and after", want, seenByContainer(t, stock, "box"), "/")
	stock.Run("start", "-a", "box")
	stock.Run("commit", "-q", "box", "committed")
	same(t, "container and committed", want, seenIn(t, stock, "committed"), "/")
	stock.Run("rm", "-a")
	stock.Run("rmi", "-a")
}

// TestConvertPlainMapped makes an image plain together with its copies for user namespaces, of
// which a kernel without idmapped mounts needs one for each map.
func TestConvertPlainMapped(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, rich()...)
	old := p.Store.Podman(t, p.Kind, podman.Options{Env: noIDMap})
	boxes := []string{"box1", "box2"}
	for i, box := range boxes {
		id := []string{"0:100000:2000", "0:200000:2000"}[i]
		old.Run("run", "--name", box, "--uidmap="+id, "--gidmap="+id, ref, "stat", "-c", "%u:%g", "/home/big")
	}
	must(t, p.Store.Settle())
	if n := len(blobsIn(t, p.Store.Root)); n != 4+len(boxes) {
		t.Fatalf("%d composefs layers", n)
	}
	runTool(t, p, "convert", "--plain", ref)
	if blobs := blobsIn(t, p.Store.Root); len(blobs) > 0 {
		t.Errorf("composefs layers: %q", blobs)
	}
	if left := objectsIn(t, p); len(left) > 0 {
		t.Errorf("objects: %q", left)
	}
	stock := p.Store.Podman(t, podman.Plain, podman.Options{Env: noIDMap})
	for i, box := range boxes {
		if got := stock.Run("start", "-a", box); got != "1000:1001" {
			t.Errorf("%s: /home/big is of %s", box, got)
		}
		big, ok := seenByContainer(t, stock, box).Lookup("/home/big")
		if id := uint32(i+1) * 100_000; !ok || big.Inode.UID != id+1000 || big.Inode.GID != id+1001 {
			t.Errorf("%s: /home/big on the host: %+v", box, big)
		}
	}
	stock.Run("rm", "-a")
	stock.Run("rmi", "-a")
	checkEmpty(t, p)
}

// TestConvertPlainRequire refuses to make layers plain that podman would then not mount.
func TestConvertPlainRequire(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	p := s.Podman(t, podman.Ours, podman.Options{})
	ref := pull(t, p, rich()...)
	require := s.Podman(t, podman.Ours, podman.Options{Composefs: `verity = "require"`})
	before := blobsIn(t, s.Root)
	out, err := tool(t, require, "convert", "--plain", ref).CombinedOutput()
	if said := string(out); err == nil || !strings.Contains(said, `verity = "require"`) || !strings.Contains(said, "\nhint: ") {
		t.Errorf("%v: %s", err, said)
	}
	if after := blobsIn(t, s.Root); len(after) != len(before) {
		t.Errorf("composefs layers: %q, and before: %q", after, before)
	}
	if out := runTool(t, require, "convert", "--plain", ref, "--dry-run"); strings.Count(out, "would become plain") != 4 {
		t.Errorf("a dry run: %s", out)
	}
}

// TestConvertPlainPullAfter pulls into a store that was made plain, with the switches unset: the
// layers are plain, as in a store that has always been. Before, or with one image made plain
// only, they are composefs.
func TestConvertPlainPullAfter(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	ref := pull(t, s.Podman(t, podman.Ours, podman.Options{}), rich()...)
	unset := s.Podman(t, podman.Ours, podman.Options{
		Overlay: map[string]string{"use_composefs": ""}, Pull: map[string]string{"convert_images": "", "enable_partial_images": ""},
	})
	pullMore := func(name string) (composefs bool) {
		before := len(blobsIn(t, s.Root))
		file := layertest.File("name", strings.Repeat(name, 50))
		unset.Run("pull", "-q", podman.SharedRegistry(t).Push(t, imageName(t)+"/"+name, image(t, podman.Layer(file))))
		return len(blobsIn(t, s.Root)) > before
	}
	runTool(t, unset, "convert", "--plain", ref)
	if !pullMore("before") {
		t.Error("new layers are plain, with a pool that was not emptied by --all")
	}
	if out := runTool(t, unset, "convert", "--plain", "--all"); strings.Contains(out, "composefs is still on") {
		t.Errorf("the switches are unset, and it says %s", out)
	}
	if pullMore("after") {
		t.Error("new layers are composefs")
	}
}
