//go:build crio

package crio_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// application returns an image with names that a later layer removes and replaces.
func application(t *testing.T) string {
	t.Helper()
	return push(t, "application", applicationLayers()...)
}

func applicationLayers() [][]byte {
	return [][]byte{
		podman.Layer(layertest.Dir("app"), layertest.File("app/token", "secret"), layertest.File("app/file", "one"), layertest.Link("app/link", "app/file")),
		podman.Layer(layertest.File("app/.wh.token", ""), layertest.File("app/new", strings.Repeat("two", 1000)).Owner(7, 8, 0o4750)),
	}
}

// tree is a script that describes all that an image has: names, metadata, and contents of files. CRI-O
// adds files to /etc, /dev, /run and /sys.
const tree = `find / -xdev ! -path "/dev/*" ! -path "/etc/*" ! -path "/proc/*" ! -path "/run/*" ! -path "/sys/*" >/run/names
while read -r name; do
	[ -d "$name" ] || stat -c "%n %F %a %u %g %h %s %Y" "$name"
	[ ! -d "$name" ] || stat -c "%n %F %a %u %g" "$name"
done </run/names
sha256sum /app/*; cat /app/link; ls -a /app`

// TestPods runs containers by both, which must see the same, and removes them with their images.
func TestPods(t *testing.T) {
	seen := map[kind]string{}
	both(t, func(t *testing.T, k kind) {
		n, ref := newNode(t, k, options{image: pauseImage(t)}), application(t)
		n.crictl("pull", ref)
		p := n.pod("one")
		first := p.container("first", ref)
		one := n.images()
		second := p.container("second", ref)
		if two := n.images(); two != one || (two > 0) != (k == ours) {
			t.Errorf("%d EROFS mounts for one container, %d for two", one, two)
		}
		root, _, _ := strings.Cut(n.exec(first, "cat /proc/mounts"), "\n")
		if strings.HasPrefix(root, "composefs / overlay ") != (k == ours) {
			t.Errorf("the root of a container is %q", root)
		}
		lines := strings.Split(n.exec(first, tree), "\n")
		slices.Sort(lines)
		seen[k] = strings.Join(lines, "\n")
		if k == ours && seen[ours] != seen[plain] {
			t.Errorf("a container sees\n%s\nwant, as with plain overlay,\n%s", seen[ours], seen[plain])
		}
		n.exec(second, "echo more >>/app/file; rm /app/new; mkdir /app/token")
		if got := n.exec(first, "cat /app/file"); got != "one" {
			t.Errorf("one container writes, and another reads %q", got)
		}
		if got := n.exec(second, "cat /app/file; ls /app"); got != "onemore\nfile\nlink\ntoken" {
			t.Errorf("a container reads its changes as %q", got)
		}
		if _, err := n.try("rmi", ref); err == nil {
			t.Error("an image in use is removed")
		}
		n.crictl("stop", first)
		n.crictl("rm", first)
		n.exec(second, "true")
		if k == ours {
			n.sound()
		}
		n.clear()
	})
}

// TestUserNamespace runs pods in user namespaces, as kubelet asks for them with "hostUsers: false". Two pods with other
// IDs each share the files of their image, which belong to root there.
func TestUserNamespace(t *testing.T) {
	seen := map[kind]string{}
	both(t, func(t *testing.T, k kind) {
		standIns(t)
		n := newNode(t, k, options{image: `pause_image = "registry.k8s.io/pause:3.10"`, network: true})
		const ref = "quay.io/application:1"
		podman.SharedRegistry(t).PushTag(t, "quay.io/application", "1", withBusybox(t, applicationLayers()...))
		n.crictl("pull", ref)
		for i, host := range []int{100_000, 300_000} {
			ids := []object{{"host_id": host, "container_id": 0, "length": 65536}}
			p := n.podWith(fmt.Sprint("apart", i), object{"namespace_options": object{"pid": 1, "userns_options": object{"mode": 0, "uids": ids, "gids": ids}}})
			c := p.container("one", ref)
			if got := n.exec(c, "set -- $(cat /proc/self/uid_map); echo $*"); got != fmt.Sprint("0 ", host, " 65536") {
				t.Errorf("the IDs are %q", got)
			}
			got := n.exec(c, `cd /app; stat -c "%n %a %u %g %h %s" * /bin/busybox; cat *; echo more >>file; cat file; touch made; stat -c "%u %g" made; ls -A`)
			if seen[k] == "" {
				seen[k] = got
			}
			if got != seen[k] || k == ours && got != seen[plain] {
				t.Errorf("a container sees\n%s\nwant\n%s", got, seen[plain])
			}
		}
		if k == ours {
			n.sound()
		}
		n.clear()
	})
}

// TestImageVolume mounts an image into a container of another one. It can be read only.
func TestImageVolume(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n, ref := newNode(t, k, options{image: pauseImage(t)}), application(t)
		other := push(t, "volume", podman.Layer(layertest.Dir("data"), layertest.File("data/file", "of the volume")))
		n.crictl("pull", ref)
		n.crictl("pull", other)
		c := n.pod("one").container("volume", ref, object{"container_path": "/volume", "image": object{"image": other, "user_specified_image": other}, "readonly": true})
		if got := n.exec(c, "cat /volume/data/file; cat /app/file"); got != "of the volumeone" {
			t.Errorf("the container reads %q", got)
		}
		if _, err := n.try("exec", "--sync", c, "sh", "-c", "echo >/volume/data/file"); err == nil {
			t.Error("the volume can be written")
		}
		n.clear()
	})
}

// TestSharedLayers pulls images that share layers, all at once.
func TestSharedLayers(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n := newNode(t, k, options{image: pauseImage(t)})
		var refs []string
		layers := [][]byte{}
		for i := range 6 {
			layers = append(layers, podman.Layer(layertest.File(fmt.Sprint("file", i), strings.Repeat(fmt.Sprint(i, "\n"), 50_000))))
			refs = append(refs, push(t, fmt.Sprint("version", i), layers...))
		}
		errs := make(chan error)
		for _, ref := range refs {
			go func() {
				_, err := n.try("pull", ref)
				errs <- err
			}()
		}
		for range refs {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		p := n.pod("all")
		for i, ref := range refs {
			c := p.container(fmt.Sprint("container", i), ref)
			if got := n.exec(c, "cat /file* | sha256sum; ls -d /file*"); strings.Count(got, "/file") != i+1 {
				t.Errorf("version %d has %q", i, got)
			}
		}
		n.clear()
	})
}
