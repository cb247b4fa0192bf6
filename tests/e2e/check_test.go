//go:build linux

package e2e_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// check runs "composefs-storage check" on podman's store, and returns its output and its
// exit code.
func check(t *testing.T, p *podman.Podman, args ...string) (out string, code int) {
	t.Helper()
	cmd := p.Storage(t.Context(), append([]string{"check"}, args...)...)
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// checkSays runs it, and looks for an exit code and for words.
func checkSays(t *testing.T, p *podman.Podman, code int, words string, args ...string) {
	t.Helper()
	if out, got := check(t, p, args...); got != code || !strings.Contains(out, words) {
		t.Errorf("check %s: exit code %d, want %d and %q:\n%s", args, got, code, words, out)
	}
}

// TestCheck damages a file of an image that was pulled, and repairs it from where it came
// from: the registry, a directory, the next pull.
func TestCheck(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content\n", 1000)
	name := objects.Path(verity.Sum([]byte(content)))
	img := image(t, layertest.Tar(layertest.File("file", content)), layertest.Tar(layertest.File("other", "other"), layertest.File("again", content)))
	layout := filepath.Join(t.TempDir(), "layout")
	if err := img.WriteLayout(layout); err != nil {
		t.Fatal(err)
	}
	for source, from := range map[string]func(ref string) string{
		"registry":  func(ref string) string { return "docker://" + ref },
		"directory": func(string) string { return "oci:" + layout },
		"next pull": nil,
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			p := podman.New(t, podman.Ours)
			ref := pushImage(t, img)
			p.Run("pull", "-q", ref)
			p.Run("run", "--rm", ref, "cat", "/file")
			checkSays(t, p, 0, "found: 0 damaged", "--all")
			object := filepath.Join(p.Store.Root, "overlay-composefs/objects", name)
			if err := os.WriteFile(object, []byte(strings.ToUpper(content)), 0o600); err != nil {
				t.Fatal(err)
			}
			checkSays(t, p, 3, "in image "+ref+":latest\n    /again\n    /file\n", ref)
			if from != nil {
				checkSays(t, p, 0, "repaired: from "+from(ref), ref, "--repair", "--from", from(ref))
			} else {
				checkSays(t, p, 3, "podman rmi and pull "+ref+":latest again", ref, "--repair")
				p.Run("rmi", ref)
				p.Run("pull", "-q", ref)
			}
			checkSays(t, p, 0, "found: 0 damaged", "--all")
			if got := p.Run("run", "--rm", ref, "cat", "/file", "/again"); strings.TrimSpace(got) != strings.TrimSpace(content+content) {
				t.Errorf("%d bytes are read, want %d", len(got), 2*len(content))
			}
		})
	}
}

// TestCheckShared leaves a damaged content to the pull of another image that has it.
func TestCheckShared(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("shared\n", 1000)
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, layertest.Tar(layertest.File("file", content)))
	object := filepath.Join(p.Store.Root, "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))
	if err := os.Truncate(object, 10); err != nil {
		t.Fatal(err)
	}
	checkSays(t, p, 3, "to do: ", ref, "--repair")
	other := podman.SharedRegistry(t).Push(t, "check/other", image(t, layertest.Tar(layertest.File("else", content), layertest.File("x", "x"))))
	p.Run("pull", "-q", other)
	checkSays(t, p, 0, "found: 0 damaged", "--all")
}

// TestCheckStock checks layers that stock podman has written as composefs.
func TestCheckStock(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("stock\n", 1000)
	p := podman.New(t, podman.StockComposefs)
	pull(t, p, layertest.Tar(layertest.File("file", content)))
	checkSays(t, p, 0, "found: 0 damaged", "--all")
	damaged := 0
	files, err := filepath.Glob(filepath.Join(p.Store.Root, "overlay/*/diff/??/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if got, err := os.ReadFile(file); err == nil && string(got) == content {
			damaged++
			if err := os.WriteFile(file, []byte(strings.ToUpper(content)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if damaged != 1 {
		t.Fatalf("%d files have the content", damaged)
	}
	checkSays(t, p, 3, "    /file\n", "--all")
}

// TestLayerImageGone takes away a layer's image, which leaves its objects: nobody must take
// these for its files.
func TestLayerImageGone(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	img := image(t, rich()...)
	ref := pushImage(t, img)
	p.Run("pull", "-q", ref)
	for _, blob := range glob(t, p.Store.Root, "overlay/*/composefs-data/composefs.blob") {
		if err := os.Remove(blob); err != nil {
			t.Fatal(err)
		}
		same(t, "wanted and what was merged before", seenPlain(t, img), seen(t, p, ref))
		merged := glob(t, p.Store.Root, "overlay/*/composefs-data/merged.blob")[0]
		if err := os.Rename(merged, merged+".away"); err != nil {
			t.Fatal(err)
		}
		_, err := p.Try("image", "mount", ref)
		if says := `"composefs-storage check --all" lists the damage`; err == nil || strings.Count(err.Error(), says) != 1 || !strings.Contains(err.Error(), blob) {
			t.Errorf("podman says %v, which should name %s, and %s", err, blob, says)
		}
		if err := os.Rename(merged+".away", merged); err != nil {
			t.Fatal(err)
		}
		checkSays(t, p, 3, "damage: layer image damaged: ", "--all")
		checkSays(t, p, 0, "repaired: converted again from ", ref, "--repair", "--from", "docker://"+ref)
		checkSays(t, p, 0, "found: 0 damaged", "--all")
	}
}

// TestSystemCheck damages objects and has "podman system check" look at the store. It restores
// the name that the pool lost, and finds the damage that a container would meet; before its own repair
// removes images, podman prints the command that repairs the one file.
func TestSystemCheck(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("content\n", 1000)
	p := podman.New(t, podman.Ours)
	ref := pull(t, p, layertest.Tar(layertest.File("file", content)))
	object := filepath.Join(p.Store.Root, "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))
	must(t, os.Remove(object))
	if out := systemCheck(p); !strings.Contains(out, "lacked 1 objects") || strings.Contains(out, "damaged") {
		t.Errorf("a lost name:\n%s", out)
	}
	if got := p.Run("run", "--rm", ref, "cat", "/file"); got != strings.TrimSpace(content) {
		t.Errorf("%d bytes are read, want %d", len(got), len(content))
	}
	if out := systemCheck(p); out != "" {
		t.Errorf("a sound store:\n%s", out)
	}
	must(t, os.WriteFile(object, []byte(strings.ToUpper(content)), 0o600))
	if out := systemCheck(p); !strings.Contains(out, "composefs-storage check --repair --from docker://"+ref+":latest "+ref+":latest") || !strings.Contains(out, "checksum failed") {
		t.Errorf("a changed object:\n%s", out)
	}
	checkSays(t, p, 0, "repaired: from docker://"+ref, "--repair", "--from", "docker://"+ref+":latest", ref+":latest")
	if out := systemCheck(p); out != "" {
		t.Errorf("repaired:\n%s", out)
	}
}

// systemCheck returns all that "podman system check" prints.
func systemCheck(p *podman.Podman) string {
	out, _ := p.Command(context.Background(), "system", "check").CombinedOutput() // it fails if it finds damage
	return strings.TrimSpace(string(out))
}
