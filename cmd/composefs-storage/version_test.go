package main

import (
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
)

// TestVersion checks the commit for records of the go command.
func TestVersion(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for name, c := range map[string]struct {
		settings []debug.BuildSetting
		want     string
	}{
		"a clone":         {[]debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"}}, "+0123456789ab"},
		"a changed clone": {[]debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"}}, "+0123456789ab-dirty"},
		"a tarball":       {[]debug.BuildSetting{{Key: "-trimpath", Value: "true"}}, ""},
	} {
		if got := commit(c.settings); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if !strings.HasPrefix(version(), release) {
		t.Errorf("%q does not begin with %q", version(), release)
	}
}

// TestRelease checks that the man pages and the change log name the release.
func TestRelease(t *testing.T) {
	plain, dev := strings.CutSuffix(release, "-dev")
	heading := `(?m)\A# .*\n(?:[^#].*|\n)*^## ` + regexp.QuoteMeta(plain) + ` \(`
	if dev {
		heading += `not released`
	} else {
		heading += `\d{4}-\d\d-\d\d`
	}
	for name, want := range map[string]string{
		"CHANGELOG.md":                        heading,
		"docs/composefs-storage.1":            footer,
		"docs/containers-storage-composefs.5": footer,
		"docs/mount.composefs.8":              footer,
	} {
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(want).Match(text) {
			t.Errorf("%s does not name %s: want %s", name, release, want)
		}
	}
}

// footer matches the first line of a man page: its name, section, date and footer.
var footer = `\A\.TH [A-Z.-]+ \d "\d{4}-\d\d-\d\d" "composefs-storage ` + regexp.QuoteMeta(release) + `" `
