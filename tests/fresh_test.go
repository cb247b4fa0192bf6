package tests

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFreshReadme checks that "make test-fresh" tries commands as README has them, besides the
// script that uses what they install.
func TestFreshReadme(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := map[string]bool{}
	for _, block := range regexp.MustCompile(`(?m)^    (.*)$`).FindAllStringSubmatch(string(page), -1) {
		command, _, _ := strings.Cut(block[1], "  # ")
		readme[strings.TrimSpace(strings.TrimPrefix(command, "$ "))] = true
	}
	for _, suite := range []string{"trixie", "bookworm"} {
		text, err := os.ReadFile("../hack/fresh/" + suite)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") || line == "hack/fresh/use.sh" {
				continue
			}
			if tried++; !readme[line] {
				t.Errorf("hack/fresh/%s: README does not have %q", suite, line)
			}
		}
		if tried < 6 {
			t.Errorf("hack/fresh/%s: %d commands", suite, tried)
		}
	}
}

// debootstrap stands in for it: the root has busybox, or, for woody, nothing.
const debootstrap = `
[ "$2" != woody ] || { mkdir "$3"; echo "E: no mirror"; exit 1; }
for dir in bin dev etc/apt/apt.conf.d mnt proc root run sys; do mkdir -p "$3/$dir"; done
cp "$(command -v busybox)" "$3/bin/busybox"
for applet in env sh true false umount; do ln -s busybox "$3/bin/$applet"; done`

// TestFresh checks that the first command that fails ends the run with an error, and that no root
// is left.
func TestFresh(t *testing.T) {
	needs.Root(t)
	needs.Program(t, "busybox", "busybox-static")
	s := newScripts(t, "hack/fresh/fresh.sh hack/fresh/inside.sh", "", map[string]string{
		"path/debootstrap": debootstrap, "path/git": `printf 'hack/fresh/%s\0' trixie sid`,
	})
	s.write(t, "hack/fresh/woody", "")
	s.write(t, "hack/fresh/trixie", "# a comment\necho \"in $PWD\"\ntest -e /proc/self\n")
	s.write(t, "hack/fresh/sid", "true\nfalse\necho more\n")
	s.write(t, "tmp/other", "")
	for suite, c := range map[string]struct {
		code int
		says string
	}{
		"potato": {2, "error: hack/fresh/potato does not exist\n"},
		"woody":  {1, "E: no mirror\nerror: debootstrap woody fails\n"},
		"trixie": {0, "\n# echo \"in $PWD\"\nin /root/composefs-storage\n\n# test -e /proc/self\n== trixie: all commands succeed\n"},
		"sid":    {1, "\n# true\n\n# false\nerror: false: exit code 1\n"},
	} {
		out, code := s.run(t, []string{"PATH=" + s.path("path") + ":" + os.Getenv("PATH")}, "hack/fresh/fresh.sh", suite)
		if code != c.code || !strings.HasSuffix(out, c.says) {
			t.Errorf("%s: exit code %d, want %d, and it prints %q, want %q at the end", suite, code, c.code, out, c.says)
		}
		if left := command(t, nil, "ls", s.path("tmp")); left != "other\n" {
			t.Errorf("%s: it leaves %s", suite, left)
		}
	}
}
