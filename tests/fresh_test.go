package tests

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFreshReadme checks that "make test-fresh" tries each command that README has for the first
// hour, as it stands there: on both releases, but for packages, which one of them installs. "make dist"
// runs before the lists.
func TestFreshReadme(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(page), "\n## Try it\n")
	part, _, ends := strings.Cut(part, "\n## Compared with others\n")
	if !found || !ends {
		t.Fatal("README has no such headings")
	}
	part = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(part, "") // what commands print
	readme := regexp.MustCompile(`(?m)^    (.*?)(  +#.*)?$`).FindAllStringSubmatch(part, -1)
	if len(readme) < 15 {
		t.Errorf("README has %d commands", len(readme))
	}
	lists := map[string][]string{}
	for _, suite := range []string{"trixie", "bookworm"} {
		for _, list := range []string{suite, suite + "-packages"} {
			text, err := os.ReadFile("../hack/fresh/" + list)
			if err != nil {
				t.Fatal(err)
			}
			lists[suite] = append(lists[suite], strings.Split(string(text), "\n")...)
		}
	}
	for _, line := range readme {
		command := line[1]
		packages := strings.HasPrefix(command, "apt-get") || strings.HasPrefix(command, "echo deb")
		var missing []string
		for suite, list := range lists {
			if !slices.Contains(list, command) {
				missing = append(missing, suite)
			}
		}
		if len(missing) > 0 && (len(missing) > 1 || !packages) && command != "make test" && command != "make dist" {
			t.Errorf("README has %q, and hack/fresh/%q have not", command, missing)
		}
	}
}

// TestFreshTry checks the meaning of the lines of a list.
func TestFreshTry(t *testing.T) {
	needs.Root(t)
	s := newScripts(t, "hack/fresh/try.sh", "cat grep mktemp rm sed sh tee", nil)
	for list, want := range map[string]string{
		"# why\necho a; echo b >&2\n> a\n> b\n< c\n! exit 3\n": "\n(why)\n\n# echo a; echo b >&2\na\nb\n\n# exit 3\n",
		"exit 3\necho more\n":               "\n# exit 3\nerror: list: exit 3: exit code 3\n",
		"! true\necho more\n":               "\n# true\nerror: list: true: exit code 0\n",
		"echo a\n> b\necho more\n":          "\n# echo a\na\nerror: list: the output lacks \"b\"\n",
		"echo a\n< a\necho more\n":          "\n# echo a\na\nerror: list: the output has \"a\"\n",
		"cat\necho a\n> a\n! exit 1\n< a\n": "\n# cat\n\n# echo a\na\n\n# exit 1\n",
	} {
		s.write(t, "list", list)
		out, code := s.run(t, nil, "hack/fresh/try.sh", s.path("list"))
		out = strings.ReplaceAll(out, s.path("list"), "list")
		if wantCode := strings.Count(want, "error: "); out != want || code != wantCode {
			t.Errorf("%q: exit code %d, and it prints %q, want %d and %q", list, code, out, wantCode, want)
		}
	}
}

// debootstrap stands in for it: the root has busybox, or, for woody, nothing.
const debootstrap = `
[ "$2" != woody ] || { mkdir "$3"; echo "E: no mirror"; exit 1; }
for dir in bin dev etc/apt/apt.conf.d etc/dpkg/dpkg.cfg.d mnt proc root run sys usr; do mkdir -p "$3/$dir"; done
cp "$(command -v busybox)" "$3/bin/busybox"
for applet in cat env false grep mktemp rm sed sh tee test true umount; do ln -s busybox "$3/bin/$applet"; done`

// TestFresh checks that the first command that fails ends the run with an error, and that no root
// is left.
func TestFresh(t *testing.T) {
	needs.Root(t)
	needs.Program(t, "busybox", "busybox-static")
	s := newScripts(t, "hack/fresh/fresh.sh hack/fresh/inside.sh hack/fresh/try.sh", "", map[string]string{
		"path/debootstrap": debootstrap, "path/git": `printf 'hack/fresh/%s\0' trixie sid sid-mistakes try.sh`,
	})
	s.write(t, "hack/fresh/woody", "")
	s.write(t, "hack/fresh/trixie", "# a comment\necho \"in $PWD\"\ntest -e /proc/self\ntest -s /root/debian.tar\n")
	s.write(t, "hack/fresh/sid", "true\nfalse\necho more\n")
	s.write(t, "hack/fresh/sid-mistakes", "! false\n")
	s.write(t, "tmp/other", "")
	for lists, c := range map[string]struct {
		code int
		says string
	}{
		"potato":           {2, "error: hack/fresh/potato does not exist\n"},
		"woody":            {1, "E: no mirror\nerror: debootstrap woody fails\n"},
		"trixie":           {0, "== trixie\n\n(a comment)\n\n# echo \"in $PWD\"\nin /root/composefs-storage\n\n# test -e /proc/self\n\n# test -s /root/debian.tar\n== trixie: every line holds\n"},
		"sid-mistakes sid": {1, "== sid: debootstrap\n== sid-mistakes\n\n# false\n== sid-mistakes: every line holds\n== sid\n\n# true\n\n# false\nerror: hack/fresh/sid: false: exit code 1\n"},
	} {
		out, code := s.run(t, []string{"PATH=" + s.path("path") + ":" + os.Getenv("PATH")}, "hack/fresh/fresh.sh", strings.Fields(lists)...)
		if code != c.code || !strings.HasSuffix(out, c.says) {
			t.Errorf("%s: exit code %d, want %d, and it prints %q, want %q at the end", lists, code, c.code, out, c.says)
		}
		if left := command(t, nil, "ls", s.path("tmp")); left != "other\n" {
			t.Errorf("%s: it leaves %s", lists, left)
		}
	}
}
