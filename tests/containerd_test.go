package tests

import (
	"os"
	"strings"
	"testing"
)

// containerdGo stands in for the go command, aptOfTrixie for apt-get, and aptCache for apt-cache. A
// package that is downloaded is its name, and unpacking it makes a file in place of a loader, which
// prints its arguments.
const (
	containerdGo = `[ "$1" = -C ] || { echo PROXY; exit; }
[ "$GONE" != modules ] || { echo "dial tcp: no network" >&2; exit 1; }
while [ "$1" != -o ]; do shift; done
mkdir -p "$2"`
	aptOfTrixie = `while [ $# -gt 0 ]; do
	case $1 in
	indextargets) echo http://mirror.example/debian/; exit ;;
	update) [ "$GONE" != packages ] || exit 100 ;;
	download) shift; for p; do echo "$p" >>"$LOG"; touch "$p.deb"; done; exit ;;
	esac
	shift
done`
	aptCache  = `printf 'erofs-utils\n  Depends: libc6\nlibc6\nisal\n'`
	unpackDeb = `mkdir -p "$3/usr/lib/x86/"
printf '#!/bin/sh\necho "$@"\n' >"$3/usr/lib/x86/ld-linux-x.so.2"
chmod +x "$3/usr/lib/x86/ld-linux-x.so.2"`
)

func newContainerd(t *testing.T) scripts {
	t.Helper()
	return newScripts(t, "hack/containerd/programs.sh hack/packages.sh", "dirname readlink mkdir mktemp rm cat head grep chmod mv touch",
		map[string]string{
			"path/go": containerdGo, "path/apt-get": aptOfTrixie, "path/apt-cache": aptCache,
			"path/dpkg": "echo amd64", "path/dpkg-deb": unpackDeb,
		})
}

// TestContainerdPrograms checks that packages are fetched once, with their dependencies, and that
// their programs run with their own libraries.
func TestContainerdPrograms(t *testing.T) {
	s := newContainerd(t)
	bin := s.path(".cache/containerd/bin")
	for range 2 {
		if out, code := s.run(t, nil, "hack/containerd/programs.sh"); code != 0 || out != bin+"\n" {
			t.Fatalf("exit code %d: %s", code, out)
		}
	}
	if got := s.log(t); got != "erofs-utils\nlibc6\nisal\n" {
		t.Errorf("it downloads %q", got)
	}
	root := s.path(".cache/containerd/debian")
	want := "--library-path " + root + "/usr/lib/x86 " + root + "/usr/bin/igzip -d -c\n"
	if out, code := s.run(t, nil, ".cache/containerd/bin/igzip", "-d", "-c"); code != 0 || out != want {
		t.Errorf("exit code %d: %s, want %s", code, out, want)
	}
}

// TestContainerdProgramsFail checks the errors without a network, which leave nothing half done.
func TestContainerdProgramsFail(t *testing.T) {
	for gone, says := range map[string]string{
		"modules":  "error: containerd cannot be built\nhint: its modules come from PROXY: check the network\n",
		"packages": "error: mkfs.erofs and igzip of Debian 13 cannot be downloaded from http://mirror.example/debian/\nhint: check the network, or use another mirror in apt's sources\n",
	} {
		s := newContainerd(t)
		out, code := s.run(t, []string{"GONE=" + gone}, "hack/containerd/programs.sh")
		if code != 1 || strings.Count(out, says) != 1 {
			t.Errorf("%s: exit code %d: %s, want %q", gone, code, out, says)
		}
		left, _ := os.ReadDir(s.path(".cache/containerd"))
		for _, f := range left {
			if f.Name() != "bin" {
				t.Errorf("%s: it leaves %s behind", gone, f.Name())
			}
		}
	}
}
