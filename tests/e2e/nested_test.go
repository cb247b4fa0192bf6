//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// inner is a podman in a container, where it is root of a user namespace. Its store is a volume.
type inner struct {
	outer *podman.Podman
	image string   // of the container
	flags []string // of podman run
	dir   string   // the volume, which has the same path in the container
}

// newInner returns a podman in containers of outer, whose root has the ID owner outside. The programs of the machine
// are in the containers, and podman is bin/PROGRAM.
func newInner(t *testing.T, outer *podman.Podman, owner int, program, options string, flags ...string) *inner {
	t.Helper()
	n := &inner{outer: outer, image: push(t, podman.Layer(
		layertest.Dir("usr"), layertest.Symlink("lib", "usr/lib"), layertest.Symlink("lib64", "usr/lib64"), layertest.Symlink("sbin", "usr/sbin"),
	))}
	var err error
	n.dir, err = os.MkdirTemp(outer.Store.Dir, "nested-*")
	must(t, err)
	for _, dir := range []string{"bin", "tmp"} {
		must(t, os.Mkdir(filepath.Join(n.dir, dir), 0o755))
	}
	for name, built := range map[string]string{"podman": program, "composefs-storage": "composefs-storage"} {
		from := filepath.Join("../../bin", built)
		needs.Built(t, from, "make build podman podman-stock")
		must(t, copyFile(t, from, filepath.Join(n.dir, "bin", name)))
	}
	must(t, os.WriteFile(filepath.Join(n.dir, "bin/runtime"), []byte(nestedRuntime), 0o755))
	env, err := conf.Files{
		Containers: strings.Replace(conf.Containers(filepath.Join(n.dir, "libpod"), filepath.Join(n.dir, "networks")), `"runc"`, `"nested"`, 1) +
			"containers.cgroups = \"no-conmon\"\nengine.runtimes.nested = [\"" + filepath.Join(n.dir, "bin/runtime") + "\"]\n",
		Storage: fmt.Sprintf("[storage]\ndriver = \"overlay\"\ngraphroot = \"%[1]s/root\"\nrunroot = \"%[1]s/run\"\n%s", n.dir, options),
	}.Write(n.dir, n.dir)
	must(t, err)
	must(t, filepath.WalkDir(n.dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, owner, owner)
		}
		return err
	}))
	n.flags = append([]string{
		"--network=host", "--cgroups=no-conmon", "--cap-add=all", "--security-opt=unmask=ALL", "-v", "/usr:/usr:ro", "-v", n.dir + ":" + n.dir,
		"-v", "/etc/containers/policy.json:/etc/containers/policy.json:ro", "-e", "PATH=" + n.dir + "/bin:/usr/sbin:/usr/bin:/bin",
	}, flags...)
	for _, e := range env {
		n.flags = append(n.flags, "-e", e)
	}
	return n
}

// run runs a script in a new container.
func (n *inner) run(script string) string {
	args := append([]string{"run", "--rm"}, n.flags...)
	return n.outer.Run(append(args, n.image, "sh", "-ec", script)...)
}

// nestedRuntime is runc without cgroups, which are read-only in the container.
const nestedRuntime = `#!/bin/sh
last=
for arg; do
	[ "$last" != --bundle ] || sed -i 's/"cgroupsPath":"[^"]*",//; s|,{"destination":"/sys/fs/cgroup"[^}]*}||' "$arg/config.json"
	last=$arg
done
exec runc "$@"
`

// nestedComposefs turns composefs on.
const nestedComposefs = `[storage.options.pull_options]
enable_partial_images = "true"
convert_images = "true"
[storage.options.overlay]
use_composefs = "true"
`

// TestPodmanInPodman runs podman in a container, as root of a user namespace, with a store of its own. It serves images
// by FUSE if the container has the device, and otherwise says why layers stay plain. Plain podman is the judge.
func TestPodmanInPodman(t *testing.T) {
	t.Parallel()
	ref := push(t, rich()...)
	script := fmt.Sprintf(`podman pull -q %s >/dev/null
podman run --name=box %[1]s sh -c 'cd /; cat home/big | md5sum; echo more >>home/big; rm -r replaced; touch new; chown 7:8 external'
podman diff box | sort
podman commit -q box made >/dev/null
podman run --rm made sh -c 'find / -path /proc -prune -o -path /sys -prune -o -path /dev -prune -o -print | sort | xargs stat -c "%%n %%u:%%g %%a"; cat /home/big | md5sum'
printf 'FROM made\nRUN echo built >/built\nRUN rm /new\n' | podman build -q --isolation=chroot -t built - >/dev/null
podman run --rm built sh -c 'cat /built; ls /'
`, ref)
	outers := map[string]struct {
		opts  podman.Options
		owner int
		flags []string
	}{
		"user": {podman.Options{Rootless: true, FUSE: true}, podman.UserID, nil},
		"root": {podman.Options{}, 100_000, []string{"--uidmap=0:100000:65536", "--gidmap=0:100000:65536", "--device-cgroup-rule=c 10:229 rwm"}},
	}
	if podman.WithoutRoot() {
		delete(outers, "root")
	}
	for name, o := range outers {
		t.Run(name, func(t *testing.T) {
			s := podman.NewStore(t)
			outer := s.Podman(t, podman.Ours, o.opts)
			device := filepath.Join(s.Dir, "dev-fuse-nested")
			must(t, unix.Mknod(device, unix.S_IFCHR|0o666, int(unix.Mkdev(10, 229))))
			must(t, os.Chmod(device, 0o666))
			fuse := append([]string{"-v", device + ":/dev/fuse"}, o.flags...)

			want := newInner(t, outer, o.owner, "podman-stock", "", o.flags...).run(script)
			for _, c := range []struct {
				says  string
				flags []string
				fuse  bool
			}{{"on", fuse, true}, {"off: /dev/fuse cannot be opened: no such file or directory", o.flags, false}} {
				n := newInner(t, outer, o.owner, "podman", nestedComposefs, c.flags...)
				if got := n.run(`podman info --format '{{index .Store.GraphStatus "Composefs"}}'`); got != c.says {
					t.Errorf("info says %q, want %q", got, c.says)
				}
				status := n.run("composefs-storage status")
				if why := strings.TrimPrefix(c.says, "off: "); !c.fuse && !strings.Contains(status, "why: "+why) {
					t.Errorf("status says %s", status)
				}
				if got := n.run(script); got != want {
					t.Errorf("got %s\nwant, as with plain podman, %s", got, want)
				}
				images := glob(t, n.dir, "root/overlay/*/composefs-data/composefs.blob")
				if (len(images) >= len(rich())) != c.fuse {
					t.Errorf("FUSE: %v, composefs layers: %q", c.fuse, images)
				}
				n.run("composefs-storage check --all && podman rm -af && podman rmi -af")
				eventually(t, func() error { return serversOf(n.dir) })
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) error {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	return os.WriteFile(to, b, 0o755)
}
