package tests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPackagePreinst checks that dpkg does not replace the podman of Debian 12 by itself, and that
// nothing else keeps the package away.
func TestPackagePreinst(t *testing.T) {
	const script = "hack/dist/scripts/podman.preinst"
	for name, c := range map[string]struct {
		argument, files string
		code            int
	}{
		"Debian 12": {"install", "/lib/systemd/system/podman.socket", 1},
		"Debian 13": {"install", "/usr/lib/systemd/system/podman.socket", 0},
		"removed":   {"install", "/lib/systemd/system", 0},
		"upgrade":   {"upgrade", "/lib/systemd/system/podman.socket", 0},
	} {
		s := newScripts(t, script, "grep", map[string]string{"path/dpkg-query": "echo /usr; echo " + c.files})
		out, code := s.run(t, nil, script, c.argument, "1.0")
		if code != c.code || strings.Contains(out, "hint: use apt") != (code != 0) {
			t.Errorf("%s: exit code %d, want %d, and it prints %q", name, code, c.code, out)
		}
	}
}

// TestPackagePrerm checks that a removal, and nothing else, reports composefs layers.
func TestPackagePrerm(t *testing.T) {
	for _, program := range []string{"podman", "crio"} {
		t.Run(program, func(t *testing.T) { checkPrerm(t, "hack/dist/scripts/"+program+".prerm") })
	}
}

func checkPrerm(t *testing.T, script string) {
	t.Helper()
	for argument, reports := range map[string]bool{"remove": true, "0": true, "upgrade": false, "1": false} {
		for layers, composefs := range map[string]bool{"2 composefs, 1 plain": true, "3 plain": false, "none": false} {
			s := newScripts(t, script, "sed cat", map[string]string{
				"path/composefs-storage": "echo 'composefs is off'; echo '  their layers  " + layers + "'", "path/systemctl": "",
			})
			out, code := s.run(t, nil, script, argument)
			want := reports && composefs
			if code != 0 || strings.Contains(out, "composefs-storage convert --plain --all") != want || want != strings.Contains(out, layers) {
				t.Errorf("%s with %s: exit code %d, and it prints %q", argument, layers, code, out)
			}
		}
		s := newScripts(t, script, "sed cat", map[string]string{"path/systemctl": ""})
		if out, code := s.run(t, nil, script, argument); code != 0 || out != "" {
			t.Errorf("%s without the command: exit code %d, and it prints %q", argument, code, out)
		}
	}
}

// TestSourceDrop checks that the source drop is the same each time, that it has no import path of this
// project, each graft of podman's modules, all assembly, and patches that fit podman's vendor/.
func TestSourceDrop(t *testing.T) {
	dir := t.TempDir()
	command(t, []string{"MAKEFLAGS="}, "make", "-s", "-C", "..", "overlay")
	for _, out := range []string{"one", "another"} {
		command(t, []string{"VERSION=1.0", "SOURCE_DATE_EPOCH=1"}, "../hack/dist/source.sh", filepath.Join(dir, out))
	}
	command(t, nil, "diff", "-r", filepath.Join(dir, "one"), filepath.Join(dir, "another"))
	command(t, nil, "sh", "-euc", `tar -x --strip-components=1 -C "$1" -f "$1"/one/composefs-storage-1.0-podman-*.tar.gz`, "sh", dir)
	if out := command(t, nil, "sh", "-c", `grep -rl '"github.com/composefs-storage/' --include='*.go' "$1" || :`, "sh", dir); out != "" {
		t.Errorf("these import packages of this project: %s", out)
	}
	grafts := strings.Fields(command(t, nil, "sh", "-euc",
		"cd ../hack/graft/_vendor; find . -name '*.go' ! -path '*/cmd/*'; find . -path '*/cmd/podman/*.go' -printf '%H/cmd/podman/%f '"))
	for _, graft := range grafts {
		place := filepath.Join(dir, "vendor", graft)
		if strings.Contains(graft, "cmd/podman/") {
			place = filepath.Join(dir, graft)
		}
		if _, err := os.Stat(place); err != nil {
			t.Error(err)
		}
	}
	if len(grafts) < 6 {
		t.Errorf("%d grafts", len(grafts))
	}
	assembly := strings.Fields(command(t, nil, "sh", "-c", "cd ..; find convert driver -name '*.s'"))
	for _, file := range assembly {
		if _, err := os.Stat(filepath.Join(dir, "composefs", file)); err != nil {
			t.Error(err)
		}
	}
	if len(assembly) == 0 {
		t.Error("no assembly")
	}
	for patched := range strings.FieldsSeq(command(t, nil, "sh", "-c", `sed -n 's,^--- a/,,p' "$1"/composefs/*.patch`, "sh", dir)) {
		command(t, nil, "install", "-D", filepath.Join("..", patched), filepath.Join(dir, patched))
	}
	command(t, nil, "sh", "-euc", `cd "$1"; for patch in composefs/*.patch; do patch -p1 --fuzz=0 <"$patch"; done`, "sh", dir)
}
