package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

const installed = "/usr/local/share/composefs-storage/installed"

// destdir is a directory that files are installed to.
type destdir struct {
	scripts
	env []string
}

func newDestdir(t *testing.T) destdir {
	t.Helper()
	s := newScripts(t, "hack/install.sh", "cat comm cp find grep mkdir readlink rm rmdir sed sort", nil)
	return destdir{s, []string{"DESTDIR=" + s.path("root"), "PREFIX=/usr/local"}}
}

// install installs files and the link mount.composefs.
func (d destdir) install(t *testing.T, list, files string) {
	t.Helper()
	if err := os.RemoveAll(d.path("stage")); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(files) {
		d.write(t, "stage/usr/local/"+name, "new "+name+"\n")
	}
	d.write(t, "stage/usr/sbin/other", "new")
	if err := os.Symlink("/usr/local/bin/composefs-storage", d.path("stage/usr/sbin/mount.composefs")); err != nil {
		t.Fatal(err)
	}
	if out, code := d.run(t, d.env, "hack/install.sh", d.path("stage"), list); code != 0 || out != "" {
		t.Fatalf("exit code %d: %s", code, out)
	}
}

func (d destdir) uninstall(t *testing.T) {
	t.Helper()
	if out, code := d.run(t, d.env, "hack/install.sh", "--remove", installed, installed+"-tools"); code != 0 || out != "" {
		t.Fatalf("exit code %d: %s", code, out)
	}
}

// tree returns the names and contents below a directory.
func tree(t *testing.T, dir string) string {
	t.Helper()
	return command(t, nil, "sh", "-c", `cd "$1" && find . -printf '%p %y %l\n' -type f -exec cat {} + | LC_ALL=C sort`, "sh", dir)
}

// TestUninstall checks that nothing is left of an installation and of an upgrade, and that files
// and directories of others stay.
func TestUninstall(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, d destdir){
		"nothing": func(t *testing.T, d destdir) { d.write(t, "root/etc/x", "x") },
		"others": func(t *testing.T, d destdir) {
			d.write(t, "root/usr/local/share/man/man1/other.1", "x")
			d.write(t, "root/usr/sbin/mount.composefs", "the C program")
			if err := os.MkdirAll(d.path("root/usr/local/share/zsh"), 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"another link": func(t *testing.T, d destdir) {
			d.write(t, "root/usr/bin/mount.composefs", "the C program")
			err := os.MkdirAll(d.path("root/usr/sbin"), 0o755)
			if err == nil {
				err = os.Symlink("../bin/mount.composefs", d.path("root/usr/sbin/mount.composefs"))
			}
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDestdir(t)
			prepare(t, d)
			before := tree(t, d.path("root"))
			d.install(t, installed, "bin/podman share/man/man1/podman.1 share/zsh/site-functions/_podman lib/old/unit")
			d.install(t, installed+"-tools", "bin/skopeo lib/tools/skopeo")
			d.install(t, installed, "bin/podman share/man/man1/podman.1 share/new/file")
			now := tree(t, d.path("root"))
			for _, gone := range []string{"lib/old/unit", "_podman"} {
				if strings.Contains(now, gone) {
					t.Errorf("after the upgrade %s is still there: %s", gone, now)
				}
			}
			for _, there := range []string{"bin/podman f", "share/new/file f", "bin/skopeo f"} {
				if !strings.Contains(now, "./usr/local/"+there) {
					t.Errorf("after the upgrade %s is missing: %s", there, now)
				}
			}
			d.uninstall(t)
			if after := tree(t, d.path("root")); after != before {
				t.Errorf("it leaves\n%swant\n%s", after, before)
			}
		})
	}
}

// TestUninstallNothing checks that the error names the list if nothing was installed there.
func TestUninstallNothing(t *testing.T) {
	d := newDestdir(t)
	out, code := d.run(t, d.env, "hack/install.sh", "--remove", installed)
	if code != 1 || !strings.Contains(out, "error: nothing to remove: "+d.path("root")+installed+" does not exist\nhint: uninstall with the PREFIX") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// TestPodmanFilesOffline checks that an installation without a network goes on without the files
// that come from podman's module, and reports it.
func TestPodmanFilesOffline(t *testing.T) {
	s := newScripts(t, "hack/podman-files.sh vendor/modules.txt", "dirname sed", map[string]string{"path/go": `
		case $1 in env) echo https://proxy.example.org ;; *) echo 'no such host' >&2; exit 1 ;; esac`})
	out, code := s.run(t, []string{"PREFIX=/usr"}, "hack/podman-files.sh", s.path("stage"))
	if want := "no such host\nwarning: without podman's module, its man pages, systemd units and completions are not installed\n" +
		"hint: run this again where https://proxy.example.org can be reached\n"; code != 0 || out != want {
		t.Errorf("exit code %d, and it prints %q, want %q", code, out, want)
	}
}

// TestMakeInstall installs the built programs into a directory, and uninstalls them.
func TestMakeInstall(t *testing.T) {
	needs.Built(t, "../bin/podman", "make podman")
	needs.Built(t, "../bin/rootlessport", "make rootlessport")
	needs.Built(t, "../bin/composefs-storage", "make build")
	root := t.TempDir()
	run := func(target string) {
		t.Helper()
		command(t, []string{"MAKEFLAGS="}, "make", "-s", "-C", "..", "-o", "build", "-o", "podman", "-o", "rootlessport", "DESTDIR="+root, target)
	}
	run("install")
	for _, name := range []string{
		"bin/podman", "bin/composefs-storage", "bin/mkcomposefs", "share/man/man1/composefs-storage.1",
		"share/bash-completion/completions/podman", "share/zsh/site-functions/_podman", "share/fish/vendor_completions.d/podman.fish",
		"share/composefs-storage/storage.conf", "share/composefs-storage/50-composefs.conf", "share/doc/composefs-storage/troubleshooting.md", "lib/systemd/system/composefs-storage-check.service",
		"lib/systemd/system/composefs-storage-gc.service", "lib/systemd/system/composefs-storage-gc.timer", "lib/systemd/system/composefs-storage-metrics.service", "lib/systemd/system/composefs-storage-metrics.timer",
		"bin/podmansh",
		"libexec/podman/rootlessport", "libexec/podman/quadlet",
	} {
		if _, err := os.Stat(filepath.Join(root, "usr/local", name)); err != nil {
			t.Error(err)
		}
	}
	run("uninstall")
	if left := tree(t, root); left != ". d \n" {
		t.Errorf("it leaves %s", left)
	}
}

// TestMakeInstallCRIO installs CRI-O into a directory, and uninstalls it.
func TestMakeInstallCRIO(t *testing.T) {
	root := t.TempDir()
	program := filepath.Join(t.TempDir(), "crio")
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(target string) {
		t.Helper()
		command(t, []string{"MAKEFLAGS="}, "make", "-s", "-C", "..", "-o", "crio", "bin="+filepath.Dir(program), "DESTDIR="+root, target)
	}
	run("install-crio")
	if _, err := os.Stat(filepath.Join(root, "usr/local/libexec/composefs-storage/crio")); err != nil {
		t.Error(err)
	}
	for unit, arguments := range map[string]string{"crio": "", "crio-wipe": " wipe"} {
		text, err := os.ReadFile(filepath.Join(root, "usr/local/lib/systemd/system", unit+".service.d/50-composefs.conf"))
		if err != nil {
			t.Fatal(err)
		}
		want := "\nExecStart=\nExecStart=/usr/local/libexec/composefs-storage/crio "
		if !strings.Contains(string(text), want) || !strings.HasSuffix(string(text), "_OPTIONS"+arguments+"\n") {
			t.Errorf("the drop-in of %s is\n%s", unit, text)
		}
	}
	run("uninstall")
	if left := tree(t, root); left != ". d \n" {
		t.Errorf("it leaves %s", left)
	}
}

// TestManFiles checks that man pages name only documents that "make install" installs, and not by a
// path in the sources.
func TestManFiles(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.[1-8]")
	if err != nil || len(pages) < 3 {
		t.Fatalf("%q, %v", pages, err)
	}
	named := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`[\w./-]+\.md\b`).FindAllString(string(text), -1) {
			named++
			if _, err := os.Stat(filepath.Join("../docs", name)); err != nil {
				t.Errorf("%s names %s, which is not installed: %v", page, name, err)
			}
		}
	}
	if named == 0 {
		t.Error("no page names a document")
	}
}
