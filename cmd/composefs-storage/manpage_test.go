package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// manSection returns the text of the man page under the heading COMMANDS, and that of each
// command in it, without the escapes of hyphens.
func manSection(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/composefs-storage.1")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(strings.ReplaceAll(string(text), `\-`, "-"), ".SH COMMANDS\n")
	page, _, _ = strings.Cut(page, "\n.SH ")
	sections, name, depth := map[string]string{}, "", 0
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		switch {
		case line == ".RS":
			depth++
		case line == ".RE":
			depth--
		case depth == 0 && i > 0 && (lines[i-1] == ".TP" || lines[i-1] == ".TQ"):
			if m := commandLine.FindStringSubmatch(line); m != nil {
				name = m[1]
			}
		}
		sections[name] += line + "\n"
	}
	return sections
}

var (
	commandLine = regexp.MustCompile(`^\.BI "?([a-z][a-z-]*)`)
	option      = regexp.MustCompile(`--[a-z][a-z0-9-]*[a-z0-9]`)
)

// TestManPage compares the man page and the usage texts with the existing commands and options.
func TestManPage(t *testing.T) {
	page := manSection(t)
	var names []string
	for _, cmd := range newRoot(streams{}).Commands() {
		names = append(names, cmd.Name())
		if cmd.Name() == "mkcomposefs" { // whose options are not in a flag package
			if got, want := optionsIn(page[cmd.Name()]), optionsIn(strings.ReplaceAll(cmd.Long, "--print-*", "")); !slices.Equal(got, want) {
				t.Errorf("mkcomposefs: the man page has %q, the usage text %q", got, want)
			}
			continue
		}
		sameOptions(t, cmd, "the man page", page[cmd.Name()])
		sameOptions(t, cmd, "the usage text", cmd.Long)
		if !strings.Contains(usage, "\n  "+cmd.Name()+" ") {
			t.Errorf("%q is not in the usage text", cmd.Name())
		}
	}
	for name := range page {
		if name != "" && !slices.Contains(names, name) {
			t.Errorf("the man page has %q, which is no command", name)
		}
	}
}

// sameOptions checks that a text has each option of a command, and no other one.
func sameOptions(t *testing.T, cmd *cobra.Command, what, text string) {
	t.Helper()
	if text == "" {
		t.Errorf("%s says nothing of %q", what, cmd.Name())
		return
	}
	found := optionsIn(text)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !slices.Contains(found, "--"+f.Name) && (f.Shorthand == "" || !strings.Contains(text, "-"+f.Shorthand)) {
			t.Errorf("%s of %q lacks --%s", what, cmd.Name(), f.Name)
		}
	})
	for _, name := range found {
		if cmd.Flags().Lookup(name[2:]) == nil && !slices.Contains(others, cmd.Name()+" "+name) {
			t.Errorf("%s of %q has %s, which is no option of it", what, cmd.Name(), name)
		}
	}
}

// others are options of other programs and commands of which the texts speak.
var others = []string{
	"digest --annotation", "dump --from-file", "dump --min-version", "inspect --from-file", "inspect --min-version", "merge --min-version",
	"completion --help", "completion --version", // which follow it
}

func optionsIn(text string) []string {
	found := option.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// TestManPagesFormat has groff read the man pages: it must not complain.
func TestManPagesFormat(t *testing.T) {
	groff := needs.Program(t, "groff", "groff-base")
	for _, page := range []string{"composefs-storage.1", "containers-storage-composefs.5", "mount.composefs.8"} {
		out, err := exec.Command(groff, "-man", "-Tutf8", "-ww", "-z", "../../docs/"+page).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v: %s", page, err, out)
		}
	}
}
