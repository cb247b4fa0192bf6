//go:build linux && cross

package cross_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

var (
	arch   = flag.String("arch", "", "the other architecture, as Go names it")
	podman = flag.String("podman", "", "command that runs podman for it")
	other  = flag.String("other", "", "command that runs composefs-storage for it")
	images = flag.Uint64("images", 20, "how many random images to convert")
	seed   = flag.Uint64("seed", 1, "seed of the first random image")
)

// compare has both programs do the same.
func compare(t *testing.T, whole bool, do func(program) results) {
	t.Helper()
	want := do(native(t))
	if whole {
		want.complete(t)
	}
	for _, d := range differences(want, do(strings.Fields(*other))) {
		t.Error(d)
	}
}

// TestRandomImages compares random images.
func TestRandomImages(t *testing.T) {
	for s := *seed; s < *seed+*images; s++ {
		compare(t, true, func(p program) results { return p.convert(t, ociimage.Random(s).Layers) })
	}
}

// TestOddLayers compares odd layers, and the errors of invalid ones.
func TestOddLayers(t *testing.T) {
	for _, c := range layertest.Ugly() {
		t.Run(c.Name, func(t *testing.T) {
			empty := func(layer []byte) bool { return len(layer) == 0 } // refused by the program
			compare(t, c.Err == "" && !slices.ContainsFunc(c.Layers, empty), func(p program) results { return p.convert(t, c.Layers) })
		})
	}
}

// TestLargeFile compares a layer with a file whose Merkle tree has several levels.
func TestLargeFile(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	layer := layertest.Tar(layertest.File("program", string(content)))
	compare(t, true, func(p program) results { return p.convert(t, [][]byte{layer}) })
}

// TestDirectory compares images of a directory of the project, with contents.
func TestDirectory(t *testing.T) {
	source, err := filepath.Abs("../../convert")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, true, func(p program) results { return p.scan(t, source) })
}

// TestHelp compares usage texts.
func TestHelp(t *testing.T) {
	compare(t, false, func(p program) results {
		found := results{}
		for _, command := range []string{"--version", "--help", "status --help", "no-command"} {
			p.run(t, t.TempDir(), found, nil, strings.Fields(command)...)
		}
		return found
	})
}

// TestPodman starts podman, which is linked with C libraries and opens a store with our driver.
func TestPodman(t *testing.T) {
	needs.Root(t)
	dir := t.TempDir()
	config := conf.Containers(filepath.Join(dir, "tmp"), filepath.Join(dir, "networks"))
	if err := os.WriteFile(filepath.Join(dir, "containers.conf"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	// podman 6 does not start on a machine with cgroup v1.
	const cgroup2 = `[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || mount -t cgroup2 none /sys/fs/cgroup; exec "$@"`
	args := slices.Concat([]string{"--mount", "--propagation", "private", "sh", "-ec", cgroup2, "sh"}, strings.Fields(*podman),
		[]string{"--storage-driver", "overlay", "--root", dir + "/root", "--runroot", dir + "/run"},
		[]string{"info", "--format", "{{.Version.OsArch}} {{.Version.BuildOrigin}} {{.Store.GraphStatus}}"})
	cmd := exec.CommandContext(t.Context(), "unshare", args...)
	cmd.Env = append(os.Environ(), "CONTAINERS_CONF="+dir+"/containers.conf", "CONTAINERS_STORAGE_CONF=/dev/null")
	out, err := cmd.Output()
	ours := strings.HasPrefix(string(out), "linux/"+*arch+" composefs-storage v") && strings.Contains(string(out), "Composefs Pool:")
	if err != nil || !ours {
		t.Errorf("%v: %s", err, out)
	}
}

// scan makes an image of a directory, with an object directory.
func (p program) scan(t *testing.T, source string) results {
	t.Helper()
	dir, found := t.TempDir(), results{}
	p.run(t, dir, found, nil, "mkcomposefs", "--print-digest", "--digest-store=objects", source, "merged")
	found.add(t, dir)
	return found
}
