package tests

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// patched is the directory of vendored files that a graft changes.
const patched = "vendor/github.com/containers/image/v5/copy"

// graftTree is a copy of hack/graft and of the vendored files that it changes.
type graftTree string

func newGraftTree(t *testing.T) graftTree {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"hack/graft", patched} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("..", name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{ // the other patched files
		"image/v5/storage/storage_dest.go",
		"storage/check.go", "storage/pkg/chunked/compression_linux.go", "storage/pkg/chunked/storage_linux.go",
	} {
		name = filepath.Join("vendor/github.com/containers", name)
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return graftTree(dir)
}

func (g graftTree) path(name string) string { return filepath.Join(string(g), name) }

// replace replaces a text that a file contains once.
func (g graftTree) replace(t *testing.T, name, old, changed string) {
	t.Helper()
	text, err := os.ReadFile(g.path(name))
	if err == nil && strings.Count(string(text), old) != 1 {
		err = errors.New(name + " does not contain it once: " + old)
	}
	if err == nil {
		err = os.WriteFile(g.path(name), []byte(strings.Replace(string(text), old, changed, 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// overlay runs overlay.sh and returns its map, or its complaint.
func (g graftTree) overlay(t *testing.T, env ...string) (files map[string]string, complaint string) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.Command(g.path("hack/graft/overlay.sh"))
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if stdout.Len() > 0 {
			t.Errorf("it fails, and prints %q", stdout.String())
		}
		return nil, stderr.String()
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal([]byte(stdout.String()), &overlay); err != nil {
		t.Fatalf("%v: %s", err, stdout.String())
	}
	return overlay.Replace, stderr.String()
}

// TestOverlay checks what "go build -overlay" is given: each graft, and changed copies of
// vendored files, also if their lines have moved. The vendored files stay as they are.
func TestOverlay(t *testing.T) {
	g := newGraftTree(t)
	const single = patched + "/single.go"
	g.replace(t, single, "package copy\n", "// Several\n// lines\n// more.\npackage copy\n")
	before, err := os.ReadFile(g.path(single))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time, copies exist
		files, complaint := g.overlay(t)
		if complaint != "" {
			t.Fatal(complaint)
		}
		for _, name := range []string{single, patched + "/progress_partial.go"} {
			text, err := os.ReadFile(files[g.path(name)])
			if err != nil || !strings.Contains(string(text), "newPartialProgress") {
				t.Errorf("%s becomes %q: %v, or it is not changed", name, files[g.path(name)], err)
			}
		}
		grafts := strings.Fields(command(t, nil, "find", g.path("hack/graft/_vendor"), "-name", "*.go"))
		for _, graft := range grafts {
			name := strings.TrimPrefix(graft, g.path("hack/graft/_vendor"))
			if got := files[g.path("vendor"+name)]; got != graft {
				t.Errorf("vendor%s becomes %q, want %q", name, got, graft)
			}
		}
		if copies := strings.Fields(command(t, nil, "find", g.path(".cache"), "-type", "f")); len(files) != len(grafts)+len(copies) {
			t.Errorf("%d files, want %d grafts and the copies %q", len(files), len(grafts), copies)
		}
	}
	if after, err := os.ReadFile(g.path(single)); err != nil || string(after) != string(before) {
		t.Errorf("%s has changed: %v", single, err)
	}
}

// TestOverlayUnfit checks that a build fails if a graft does not fit the vendored files, and
// that the error names the graft and the next step.
func TestOverlayUnfit(t *testing.T) {
	const patch = "hack/graft/_vendor/github.com/containers/image/v5/progress.patch"
	for _, c := range []struct {
		name   string
		change func(t *testing.T, g graftTree)
		says   []string
	}{
		{"a changed line", func(t *testing.T, g graftTree) {
			g.replace(t, patched+"/progress_channel.go", "r.offset += uint64(n)", "r.offset += uint64(n) + 0")
		}, []string{"error: " + patch + " does not fit vendor/github.com/containers/image/v5", "hint: if upstream has the change"}},
		{"a changed line nearby", func(t *testing.T, g graftTree) { // patch(1) would pass over it
			g.replace(t, patched+"/progress_bars.go", "// progressBar wraps a *mpb.Bar,", "// progressBar has a *mpb.Bar,")
		}, []string{"error: " + patch, "hint: if upstream has the change"}},
		{"the change in upstream", func(t *testing.T, g graftTree) {
			files, complaint := g.overlay(t)
			for _, name := range []string{"blob.go", "progress_bars.go", "progress_channel.go", "progress_partial.go", "single.go"} {
				if err := os.Rename(files[g.path(patched+"/"+name)], g.path(patched+"/"+name)); err != nil {
					t.Fatal(err, complaint)
				}
			}
		}, []string{"error: " + patch, "hint: if upstream has the change"}},
		{"a file of the new one's name", func(t *testing.T, g graftTree) {
			if err := os.WriteFile(g.path(patched+"/progress_partial.go"), []byte("package copy\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"error: " + patch, "hint: if upstream has the change"}},
		{"a file that is gone", func(t *testing.T, g graftTree) {
			if err := os.Remove(g.path(patched + "/blob.go")); err != nil {
				t.Fatal(err)
			}
		}, []string{"error: " + patch, "hint: if upstream has the change"}},
		{"a file of an added one's name", func(t *testing.T, g graftTree) {
			if err := os.WriteFile(g.path(patched+"/whole.go"), []byte("package copy\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"error: hack/graft/_vendor/github.com/containers/image/v5/copy/whole.go: vendor/", "hint: rename the graft"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGraftTree(t)
			c.change(t, g)
			_, complaint := g.overlay(t)
			for _, words := range c.says {
				if strings.Count(complaint, words) != 1 {
					t.Errorf("it does not complain once of %q: %q", words, complaint)
				}
			}
			if left, _ := filepath.Glob(g.path(".cache/graft.*")); len(left) > 0 {
				t.Errorf("it leaves %q", left)
			}
		})
	}
}

// TestOverlayWithoutPatch checks that the error names the package if patch(1) is missing.
func TestOverlayWithoutPatch(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"cat", "cp", "dirname", "find", "mkdir", "mktemp", "mv", "rm", "sed", "sh", "sort"} {
		program, err := exec.LookPath(name)
		if err == nil {
			err = os.Symlink(program, filepath.Join(bin, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, complaint := newGraftTree(t).overlay(t, "PATH="+bin); !strings.Contains(complaint, "hint: as root: apt-get install patch") {
		t.Errorf("it complains %q", complaint)
	}
}

// TestGraftsDocumented checks that hack/graft/README.md lists each graft.
func TestGraftsDocumented(t *testing.T) {
	page, err := os.ReadFile("../hack/graft/README.md")
	if err != nil {
		t.Fatal(err)
	}
	const dir = "../hack/graft/_vendor/github.com/containers/"
	grafts := strings.Fields(command(t, nil, "find", dir, "-type", "f"))
	for _, graft := range grafts {
		if name := "`" + strings.TrimPrefix(graft, dir) + "`"; strings.Count(string(page), name) != 1 {
			t.Errorf("it does not list %s once", name)
		}
	}
	if len(grafts) < 10 {
		t.Errorf("only %d grafts are found", len(grafts))
	}
}

// TestPatched runs the tests that patches bring.
func TestPatched(t *testing.T) {
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	err := os.WriteFile(overlay, []byte(command(t, nil, "../hack/graft/overlay.sh")), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{"github.com/containers/image/v5/copy", "github.com/containers/storage/pkg/chunked"} {
		out := command(t, nil, "go", "test", "-overlay", overlay, pkg)
		if strings.Contains(out, "no test") {
			t.Error(out)
		}
	}
}

// TestOverlayOnce has make build two programs with the driver at once: the overlay is written once,
// and never by a redirect to the file that another build may be reading.
func TestOverlayOnce(t *testing.T) {
	out := command(t, []string{"MAKEFLAGS="}, "make", "-n", "-C", "..", "--no-print-directory", "podman", "tools")
	if n := strings.Count(out, "hack/graft/overlay.sh"); n != 1 || strings.Contains(out, ">.cache/overlay.json\n") {
		t.Errorf("the overlay is written %d times:\n%s", n, out)
	}
}
