//go:build linux

package e2e_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestStorageWithoutRoot gives composefs-storage the same work as root and as a user, on stores with the
// same image. The output has to be the same, and the files in the stores too, to the byte.
func TestStorageWithoutRoot(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("a content\n", 1000)
	ref := push(t,
		podman.Layer(layertest.Dir("usr"), layertest.Dir("d").Owner(1, 2, 0o700), layertest.File("d/file", content).Owner(1, 2, 0o600), layertest.Link("d/link", "d/file"), layertest.File("d/gone", content+"2")),
		layertest.Tar(layertest.File("d/.wh.gone", ""), layertest.File("again", content), layertest.File("inline", "short").Xattr("user.a", "b")))
	root, user := podman.New(t, podman.Ours), rootless(t, podman.Ours, `rootless = "fuse"`)
	damaged := filepath.Join("overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))
	both := []*podman.Podman{root, user}
	for _, p := range both {
		logs(t, p, "pull", "-q", ref)
	}
	sameStores(t, root, user)
	for _, step := range []struct {
		args   string
		before string // a command of podman, or "damage"
		code   int
	}{
		{args: "prepare " + ref},
		{args: "inspect " + ref},
		{args: "inspect --json " + ref},
		{args: "digest " + ref},
		{args: "digest --oci --policy " + ref},
		{args: "ls " + ref + " /d"},
		{args: "check --all"},
		{args: "check --all", before: "damage", code: 3},
		{args: "check --all --repair --from docker://" + ref},
		{args: "gc"},
		{args: "convert --plain --all", before: "run -d -q --network=none --name=box " + ref + " busybox sleep 1000", code: 1},
		{args: "convert --plain --all --json", before: "rm -f -t0 box"},
		{args: "convert --all --dry-run"},
		{args: "convert --all --ignore-old-programs"},
		{args: "check --all"},
		{args: "gc --dry-run --json"},
	} {
		var outputs []string
		for _, p := range both {
			switch step.before {
			case "":
			case "damage":
				must(t, os.WriteFile(filepath.Join(p.Store.Root, damaged), []byte(strings.ToUpper(content)), 0o600))
			default:
				_, err := p.Try(strings.Fields(step.before)...)
				must(t, err)
			}
			cmd := p.Storage(t.Context(), strings.Fields(step.args)...)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != step.code {
				t.Errorf("%s: %s: exit code %d, want %d: %s", cmd.Args[0], step.args, code, step.code, out)
			}
			outputs = append(outputs, withoutPlaces(p, string(out)))
		}
		if outputs[0] != outputs[1] {
			t.Errorf("%s prints as root\n%s\nas a user\n%s", step.args, outputs[0], outputs[1])
		}
	}
	sameStores(t, root, user)
}

// withoutPlaces returns output without the names of a store's directories and without durations.
func withoutPlaces(p *podman.Podman, out string) string {
	out = strings.ReplaceAll(out, p.Store.Dir, "DIR")
	return regexp.MustCompile(` in \d+\.\d s`).ReplaceAllString(out, "")
}

// sameStores compares the files of two stores' pools and layer images. Those of the second store have to
// belong to its user.
func sameStores(t *testing.T, root, user *podman.Podman) {
	t.Helper()
	want, got := stored(t, root), stored(t, user)
	for name, f := range want {
		if g, ok := got[name]; !ok || g.content != f.content || g.mode != f.mode {
			t.Errorf("%s differs: %v and %d bytes as root, %v and %d bytes as a user", name, f.mode, len(f.content), g.mode, len(g.content))
		}
	}
	for name, g := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("a user has %s, root has not", name)
		}
		if g.owner != podman.UserID || g.mode != 0o600 {
			t.Errorf("%s belongs to %d and has mode %v", name, g.owner, g.mode)
		}
	}
	if len(want) < 5 {
		t.Errorf("%d files were compared", len(want))
	}
}

type storedFile struct {
	content string
	mode    fs.FileMode
	owner   uint32
}

// stored returns the objects and the images of a store, by name.
func stored(t *testing.T, p *podman.Podman) map[string]storedFile {
	t.Helper()
	found := map[string]storedFile{}
	for _, pattern := range []string{"overlay-composefs/objects/*/*", "overlay-composefs/images/*", "overlay/*/composefs-data/*"} {
		for _, path := range glob(t, p.Store.Root, pattern) {
			data, err := os.ReadFile(path)
			must(t, err)
			info, err := os.Stat(path)
			must(t, err)
			name, err := filepath.Rel(p.Store.Root, path)
			must(t, err)
			found[name] = storedFile{string(data), info.Mode(), info.Sys().(*syscall.Stat_t).Uid}
		}
	}
	return found
}

// TestStatusWithoutRoot has status report the features that a user's mounts need, from inside podman's
// user namespace, and the reason why it cannot without podman.
func TestStatusWithoutRoot(t *testing.T) {
	t.Parallel()
	p := rootless(t, podman.Ours, `rootless = "fuse"`)
	var said struct {
		Active, Starts bool
		Unknown        []string
		Features       []struct{ Name string }
	}
	must(t, json.Unmarshal([]byte(runTool(t, p, "status", "--json")), &said))
	if !said.Active || !said.Starts || len(said.Unknown) > 0 || len(said.Features) == 0 || !strings.HasPrefix(said.Features[0].Name, "FUSE") {
		t.Errorf("status: %+v", said)
	}
	cmd := p.Storage(t.Context(), "status")
	cmd.Env = append(cmd.Env, "PATH=/usr/sbin:/usr/bin:/sbin:/bin") // without our podman
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "not known: kernel features: they can be probed in podman's user namespace only: ") {
		t.Errorf("without podman: %v: %s", err, out)
	}
}
