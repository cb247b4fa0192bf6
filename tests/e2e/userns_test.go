//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestUserNamespaces runs containers with other ids: they see the owners of the image,
// and can write, commit and remove.
func TestUserNamespaces(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		ref := pull(t, p, rich()...)
		subids := filepath.Join(p.Store.Dir, "subids")
		writeFile(t, p.Store.Dir, "subids", "containers:1000000:1000000\n")
		auto := p.Store.Podman(t, p.Kind, podman.Options{Private: map[string]string{"/etc/subuid": subids, "/etc/subgid": subids}})
		const look = "stat -c %u:%g:%a /home/big /bin/busybox && echo x >> /home/big && echo y > /new && stat -c %u /new && rm -r /usr"
		const want = "1000:1001:640\n0:0:755\n0"
		if got := auto.Run("run", "--rm", "--userns=auto", ref, "sh", "-c", look); got != want {
			t.Errorf("--userns=auto: %q", got)
		}
		if got := p.Run("run", "--name", "box", "--uidmap=0:100000:2000", "--gidmap=0:200000:2000", ref, "sh", "-c", look+"; "+changesInNamespace); got != want {
			t.Errorf("--uidmap: %q", got)
		}
		p.Run("commit", "-q", "box", "committed")
		return seen(t, p, "committed")
	})
}

// changesInNamespace sets the times of what look changes.
const changesInNamespace = `touch -d @1600000000 /home/big /new`

// noIDMap has containers/storage take the kernel for one without idmapped mounts, so that
// owners are changed in layers.
var noIDMap = []string{"_CONTAINERS_OVERLAY_DISABLE_IDMAP=yes"}

// eachIDMap runs a test with the kernel's idmapped mounts and without.
func eachIDMap(t *testing.T, test func(t *testing.T, env []string)) {
	t.Parallel()
	t.Run("idmapped mounts", func(t *testing.T) { test(t, nil) })
	t.Run("mapped layers", func(t *testing.T) { test(t, noIDMap) })
}

// inNamespace returns a podman that has ids for namespaces, with further variables.
func inNamespace(t *testing.T, p *podman.Podman, env []string) *podman.Podman {
	t.Helper()
	subids := filepath.Join(p.Store.Dir, "subids")
	writeFile(t, p.Store.Dir, "subids", "containers:1000000:1000000\n")
	return p.Store.Podman(t, p.Kind, podman.Options{Env: env, Private: map[string]string{"/etc/subuid": subids, "/etc/subgid": subids}})
}

// owners prints who owns what, and the maps.
const owners = `cat /proc/self/uid_map /proc/self/gid_map; find / -xdev -path /proc -prune -o -path /dev -prune -o -path /sys -prune -o -path /run -prune -o -print0 |
	sort -z | xargs -0 stat -c '%u:%g %a %n' | grep -v ' /etc'`

// TestOwnersInNamespaces compares owners in namespaces of all kinds, from inside.
// The size of --userns=auto follows from the image's own list of users, which is read from
// a layer that was mounted for that.
func TestOwnersInNamespaces(t *testing.T) {
	eachIDMap(t, func(t *testing.T, env []string) {
		likePlain(t, func(t *testing.T, p *podman.Podman) (all string) {
			users := podman.Layer(layertest.Dir("etc"), layertest.File("etc/passwd", "root:x:0:0::/:/bin/sh\nfar:x:7000:7000::/:/bin/sh\n"), layertest.File("far", "f").Owner(7000, 7000, 0o600))
			ref := pull(t, p, append(rich(), users)...)
			p = inNamespace(t, p, env)
			for _, flags := range [][]string{
				{"--userns=auto"}, {"--userns=auto:size=80000"}, {"--userns=keep-id"}, {"--userns=host"},
				{"--uidmap=0:100000:2000", "--gidmap=0:200000:2000"}, {"--uidmap=0:100000:2000"}, // which leave some owners out
				{"--uidmap=0:100000:2000", "--gidmap=0:200000:2000"}, {"--uidmap=0:300000:80000"},
			} {
				args := append(append([]string{"run", "--rm"}, flags...), ref, "sh", "-c", owners)
				all += fmt.Sprintln(flags, p.Run(args...))
			}
			_, err := p.Try("run", "--rm", "--userns=nomap", ref, "true")
			if err == nil || !strings.Contains(err.Error(), "nomap is only supported in rootless mode") {
				t.Errorf("nomap: %v", err)
			}
			return all
		})
	})
}

// TestPullInNamespace has "podman run" pull a missing image for a user namespace. Where the
// kernel has no idmapped mounts, containers/storage records the layers as made for it, and the
// layers of other images on top of them too.
func TestPullInNamespace(t *testing.T) {
	maps := []string{"--uidmap=0:100000:5000", "--gidmap=0:200000:5000"}
	eachIDMap(t, func(t *testing.T, env []string) {
		likePlain(t, func(t *testing.T, p *podman.Podman) (all string) {
			base := append(rich(), podman.Layer(layertest.File("implied/file", "x").Owner(7, 8, 0o640)))
			ref := push(t, base...)
			other := podman.SharedRegistry(t).Push(t, imageName(t)+"-other", image(t, append(base, podman.Layer(layertest.Dir("more").Owner(5, 6, 0o711), layertest.File("more/file", "more").Owner(9, 10, 0o600)))...))
			p = inNamespace(t, p, env)
			run := func(ref string, flags ...string) {
				out, err := p.Try(slices.Concat([]string{"run", "--rm", "-q"}, flags, []string{ref, "sh", "-c", owners})...)
				all += fmt.Sprintln(flags, out, err == nil)
			}
			run(ref, maps...)
			p.Run("pull", "-q", other)
			run(other, maps...)
			run(other)
			run(ref)
			p.Run("rmi", "-af")
			_, err := p.Try("run", "--rm", "--uidmap=0:100000:500", ref, "true") // which leaves owners out
			return all + fmt.Sprintln(err == nil)
		})
	})
}

// TestCommitInNamespace commits the changes of a container in a namespace: the image's owners
// are those that the container saw.
func TestCommitInNamespace(t *testing.T) {
	eachIDMap(t, func(t *testing.T, env []string) {
		treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
			ref := pull(t, p, rich()...)
			p = p.Store.Podman(t, p.Kind, podman.Options{Env: env})
			change := "chown 1234:4321 /home/big && echo x > /new && chown 7:8 /new && chmod 4755 /bin/busybox && touch -d @1600000000 /new /home/big /bin/busybox"
			if env == nil { // else whiteouts, which the kernel makes for root of the host, are not committed: stock cannot map that owner
				change += " && rm -r /usr /gone && mkdir /usr"
			}
			p.Run("run", "--name", "box", "--uidmap=0:100000:5000", "--gidmap=0:200000:5000", ref, "sh", "-c", change)
			tr := seenByContainer(t, p, "box")
			if e, ok := tr.Lookup("/home/big"); !ok || e.Inode.UID != 101234 || e.Inode.GID != 204321 {
				t.Errorf("/home/big on the host: %+v", e)
			}
			p.Run("commit", "-q", "box", "committed")
			if p.Kind == podman.Ours { // the plain driver takes its own mapped layers for damaged
				p.Run("system", "check")
			}
			return seen(t, p, "committed")
		})
	})
}

// TestVolumesInNamespace writes into volumes from a namespace, one of which is mapped.
func TestVolumesInNamespace(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) (all string) {
		ref := pull(t, p, rich()...)
		for _, option := range []string{"", ":idmap", ":U", ":O"} {
			dir := filepath.Join(p.Store.Dir, "volume")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			writeFile(t, dir, "old", "old")
			out, err := p.Try("run", "--rm", "--uidmap=0:100000:2000", "--gidmap=0:200000:2000", "-v", dir+":/v"+option, ref, "sh", "-c", "stat -c %u:%g /v /v/old; echo x > /v/new && stat -c %u:%g /v/new")
			all += fmt.Sprintln(option, out, err != nil)
			all += fmt.Sprintln(ownersBelow(t, dir))
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		return all
	})
}

// ownersBelow returns the owners of the files in a directory, on the host.
func ownersBelow(t *testing.T, dir string) (all []string) {
	t.Helper()
	_ = readTree(t, dir).Walk(func(path string, e *tree.Entry) error {
		all = append(all, fmt.Sprintf("%s %d:%d", path, e.Inode.UID, e.Inode.GID))
		return nil
	})
	return all
}

// TestMappedLayers makes layers for namespaces on a kernel without idmapped mounts: their
// contents are those of the image, stock podman
// reads them, and they go with the image.
func TestMappedLayers(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, rich()...)
	before := objectsIn(t, p)
	old := p.Store.Podman(t, p.Kind, podman.Options{Env: noIDMap})
	for i := range 2 {
		map1 := fmt.Sprintf("0:%d00000:2000", i+1)
		name := fmt.Sprint("box", i)
		if got := old.Run("run", "--name", name, "--uidmap="+map1, "--gidmap="+map1, ref, "stat", "-c", "%u:%g", "/home/big"); got != "1000:1001" {
			t.Errorf("/home/big is %s", got)
		}
	}
	if layers := glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob"); len(layers) != 4+2 {
		t.Errorf("%d composefs layers", len(layers))
	}
	if after := objectsIn(t, p); strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("objects: %q, and before: %q", after, before)
	}
	old.Run("system", "check")
	stock := old.As(podman.Plain)
	if got := stock.Run("start", "-a", "box1"); got != "1000:1001" {
		t.Errorf("as stock podman says /home/big is %s", got)
	}
	p.Run("rm", "-a")
	p.Run("rmi", ref)
	if left := append(objectsIn(t, p), glob(t, p.Store.Root, "overlay-composefs/images/*")...); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func objectsIn(t *testing.T, p *podman.Podman) []string {
	t.Helper()
	return glob(t, p.Store.Root, "overlay-composefs/objects/*/*")
}
