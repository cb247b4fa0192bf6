//go:build linux

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// unit is the systemd unit of "make install", for a state directory and podman's store.
type unit struct {
	file, state string
	top         string // of the sources: its bin is that of the unit
	podman      *podman.Podman
}

// newUnit installs the unit into a directory of its own, with the program that was built.
func newUnit(t *testing.T, p *podman.Podman) *unit {
	t.Helper()
	u := &unit{file: filepath.Join(t.TempDir(), "composefs-storage-check.service"), state: t.TempDir(), podman: p}
	needs.Built(t, filepath.Join("..", "..", "bin", "composefs-storage"), "make build")
	must(t, os.Mkdir(filepath.Join(u.state, "composefs-storage"), 0o700)) // StateDirectory=
	text, err := os.ReadFile("../../hack/systemd/composefs-storage-check.service.in")
	must(t, err)
	u.top, err = filepath.Abs("../..")
	must(t, err)
	must(t, os.WriteFile(u.file, []byte(strings.ReplaceAll(string(text), "@PREFIX@", u.top)), 0o600))
	return u
}

// run runs the commands of a key as systemd does: one after the other, up to the first that
// fails.
func (u *unit) run(t *testing.T, key string) (out string, ok bool) {
	t.Helper()
	text, err := os.ReadFile(u.file)
	must(t, err)
	commands := regexp.MustCompile(`(?m)^`+key+`=/bin/sh -c '(.*)'$`).FindAllStringSubmatch(string(text), -1)
	if len(commands) == 0 {
		t.Fatalf("no %s in the unit", key)
	}
	for _, c := range commands {
		cmd := exec.Command("/bin/sh", "-c", strings.ReplaceAll(c[1], "%S", u.state))
		cmd.Env = u.podman.Command(t.Context()).Env
		b, err := cmd.CombinedOutput()
		if out += string(b); err != nil {
			return out, false
		}
	}
	return out, true
}

// TestUnit goes through boots: the first one, one after a clean shutdown, and after power cuts
// with a sound, a repairable and a damaged store.
func TestUnit(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	content := strings.Repeat("content\n", 1000)
	ref := pull(t, p, layertest.Tar(layertest.File("file", content)))
	object := filepath.Join(p.Store.Root, "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))
	links := glob(t, p.Store.Root, "overlay/*/diff/??/*")
	u := newUnit(t, p)
	for _, boot := range []struct {
		name         string
		before       func()
		unclean, ok  bool
		says, notSay string
	}{
		{"first", func() { must(t, os.Rename(object, object+".away")) }, false, true, "", "checked"},
		{"clean", func() {}, false, true, "", "checked"},
		{"power cut, repairable", func() {}, true, true, "repaired: ", "to do: "},
		{"power cut, sound", func() {}, true, true, "found: 0 damaged", "repaired: "},
		{"power cut, damaged", func() {
			must(t, os.Remove(object))
			for _, link := range links {
				must(t, os.Remove(link))
			}
		}, true, false, "to do: ", ""},
		{"power cut, still damaged", func() {}, true, false, "to do: ", ""},
		{"power cut, pulled again", func() {
			p.Run("rmi", ref)
			p.Run("pull", "-q", ref)
		}, true, true, "found: 0 damaged", ""},
	} {
		boot.before()
		if !boot.unclean {
			if _, ok := u.run(t, "ExecStop"); !ok {
				t.Errorf("%s: ExecStop fails", boot.name)
			}
		}
		out, ok := u.run(t, "ExecStart")
		if ok != boot.ok || !strings.Contains(out, boot.says) || boot.notSay != "" && strings.Contains(out, boot.notSay) {
			t.Errorf("%s: %v, want %v, %q and not %q:\n%s", boot.name, ok, boot.ok, boot.says, boot.notSay, out)
		}
	}
}

// TestUnitVerify has systemd judge the unit.
func TestUnitVerify(t *testing.T) {
	t.Parallel()
	program := needs.Program(t, "systemd-analyze", "systemd")
	u := newUnit(t, podman.New(t, podman.Ours))
	units := []string{u.file}
	for _, name := range []string{"composefs-storage-gc.service.in", "composefs-storage-gc.timer", "composefs-storage-metrics.service.in", "composefs-storage-metrics.timer"} {
		text, err := os.ReadFile(filepath.Join("../../hack/systemd", name))
		must(t, err)
		units = append(units, filepath.Join(filepath.Dir(u.file), strings.TrimSuffix(name, ".in")))
		must(t, os.WriteFile(units[len(units)-1], []byte(strings.ReplaceAll(string(text), "@PREFIX@", u.top)), 0o600))
	}
	if out, err := exec.Command(program, append([]string{"verify", "--man=no"}, units...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v:\n%s", err, out)
	}
	text, err := os.ReadFile(u.file)
	must(t, err)
	must(t, os.WriteFile(u.file, []byte(strings.Replace(string(text), "Type=oneshot", "Type=one", 1)), 0o600))
	if out, _ := exec.Command(program, "verify", "--man=no", u.file).CombinedOutput(); len(out) == 0 {
		t.Error("a wrong unit is none")
	}
}
