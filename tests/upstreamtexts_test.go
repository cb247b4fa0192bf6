package tests

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const upstreamTexts = "../docs/upstream"

// readUpstreamTexts returns the proposals and reports for upstream by their names.
func readUpstreamTexts(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(upstreamTexts, "*.md"))
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d texts, %v", len(paths), err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		if name := filepath.Base(path); name != "README.md" {
			texts[name] = readText(t, path)
		}
	}
	return texts
}

// TestUpstreamTexts checks that the index lists each text for upstream with its title and the tests
// that show the bug, that these exist, and that a text fits one page and has the section Here.
func TestUpstreamTexts(t *testing.T) {
	index := readText(t, filepath.Join(upstreamTexts, "README.md"))
	tests := testNames(t)
	rows := regexp.MustCompile(`(?m)^\| \[(.*)\]\((.*)\) (.*) \| (.*) \|$`).FindAllStringSubmatch(index, -1)
	texts := readUpstreamTexts(t)
	if len(rows) != len(texts) {
		t.Errorf("the index has %d rows for %d texts", len(rows), len(texts))
	}
	for _, row := range rows {
		name, title, shown := row[1], row[3], row[4]
		text := texts[name]
		if row[2] != name || !strings.HasPrefix(text, "# "+title+"\n") {
			t.Errorf("the index calls %s %q", name, title)
		}
		_, here, _ := strings.Cut(text, "\n## Here\n")
		if lines := strings.Count(text, "\n"); here == "" || lines > 70 {
			t.Errorf("%s has %d lines; its section Here: %q", name, lines, here)
		}
		checkNamed(t, name, here, tests)
		if report := strings.Contains(here, "**Shown by**"); report != strings.Contains(shown, "`Test") || report != strings.Contains(here, "**When it is fixed:**") {
			t.Errorf("%s names no test that shows the bug, or no change when it is fixed", name)
		}
		for _, m := range named.FindAllString(shown, -1) {
			if !strings.Contains(here, m) {
				t.Errorf("the index names %s, %s does not", m, name)
			}
		}
	}
}

// TestGraftsProposed checks that exactly one text for upstream names each graft, and that texts name no
// others.
func TestGraftsProposed(t *testing.T) {
	const dir = "../hack/graft/_vendor/github.com/containers/"
	grafts := strings.Fields(command(t, nil, "find", dir, "-type", "f", "-printf", "%P\n"))
	if len(grafts) < 10 {
		t.Errorf("only %d grafts are found", len(grafts))
	}
	named := regexp.MustCompile("`([a-z0-9]+/[^` ]*\\.(?:go|patch))`")
	count := map[string]int{}
	for name, text := range readUpstreamTexts(t) {
		_, here, _ := strings.Cut(text, "\n## Here\n")
		for _, m := range named.FindAllStringSubmatch(here, -1) {
			switch graft := m[1]; {
			case strings.HasPrefix(graft, "driver/"), strings.HasPrefix(graft, "tests/"), strings.HasPrefix(graft, "hack/"):
			case !slices.Contains(grafts, graft):
				t.Errorf("%s names %s, which is no graft", name, graft)
			default:
				count[graft]++
			}
		}
	}
	for _, graft := range grafts {
		if count[graft] != 1 {
			t.Errorf("%d texts name the graft %s, want 1", count[graft], graft)
		}
	}
}

// TestUpstreamBugsNamed checks that tests name existing texts as reasons.
func TestUpstreamBugsNamed(t *testing.T) {
	texts := readUpstreamTexts(t)
	named := regexp.MustCompile(`docs/upstream/([a-z-]+\.md)`)
	found := 0
	for _, path := range strings.Fields(command(t, nil, "grep", "-rlF", "docs/upstream/", ".", "../driver", "--include=*.go")) {
		for _, m := range named.FindAllStringSubmatch(readText(t, path), -1) {
			found++
			if texts[m[1]] == "" {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d names are found", found)
	}
}
