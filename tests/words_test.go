package tests

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// clauses match a clause in the place of a noun, as in "what is new is sealed". Name the thing instead:
// "new objects are sealed".
var clauses = regexp.MustCompile(`(?i)\b(what|whoever|whatever|whichever) (is|are|was|were|has|have)\b|\bthat (is|are) (not )?there\b`)

// TestWords looks for such clauses in comments, usage texts and pages. Headings and questions may have
// them.
func TestWords(t *testing.T) {
	checked := 0
	check := func(path, line string) {
		checked++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || strings.HasSuffix(line, "?") {
			return
		}
		if found := clauses.FindString(line); found != "" {
			t.Errorf("%s has %q: %s", path, found, line)
		}
	}
	pages := []string{"../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md", "../SECURITY.md", "../hack/graft/README.md"}
	for _, pattern := range []string{"../docs/*.md", "../docs/*.[1-8]", "../docs/decisions/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		pages = append(pages, found...)
	}
	for _, page := range pages {
		for line := range strings.Lines(readText(t, page)) {
			check(page, line)
		}
	}
	for _, dir := range []string{"../cmd", "../config", "../convert", "../driver", "../hack", "../tests"} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.Name() == "_vendor":
				return fs.SkipDir
			case filepath.Ext(path) != ".go" || e.Name() == "words_test.go":
				return nil
			}
			for line := range strings.Lines(readText(t, path)) {
				if code, comment, ok := strings.Cut(line, "//"); ok && code == strings.TrimRight(code, ":") { // no URL
					check(path, comment)
				} else if !strings.HasPrefix(path, "../tests/") && !strings.HasSuffix(path, "_test.go") {
					check(path, line) // a usage text
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 20_000 {
		t.Errorf("%d lines", checked)
	}
}

// TestWordsNegative checks that the pattern finds such clauses and nothing else.
func TestWordsNegative(t *testing.T) {
	for line, want := range map[string]bool{
		"What is new is sealed.": true, "It removes what has no name.": true, "images that are there stay": true,
		"Users who are not root": false, "whatever the size": false, "a file that is missing": false, "show what changed": false,
	} {
		if got := clauses.MatchString(line); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

// TestSamples compares the storage.conf that configuration.md and the man page show with the sample
// that is installed.
func TestSamples(t *testing.T) {
	sample := settingLines(readText(t, "../docs/storage.conf"))
	if len(sample) < 6 {
		t.Fatalf("the sample sets %q", sample)
	}
	for page, marks := range map[string][2]string{
		"../docs/configuration.md":               {"```toml\n# /etc/containers/storage.conf\n", "```"},
		"../docs/containers-storage-composefs.5": {".nf\n.RS\n[storage]\n", ".RE\n"},
	} {
		text := readText(t, page)
		at := strings.Index(text, marks[0])
		if at < 0 {
			t.Fatalf("%s has no %q", page, marks[0])
		}
		shown, _, _ := strings.Cut(text[at+3:], marks[1]) // behind "```" or ".nf"
		if got := settingLines(shown); !slices.Equal(got, sample) {
			t.Errorf("%s shows %q, the sample has %q", page, got, sample)
		}
	}
}

// settingLines returns the settings of a storage.conf, each with its table, without comments and in
// alphabetical order.
func settingLines(text string) (list []string) {
	table := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "["):
			table = line
		case strings.Contains(line, " = "):
			list = append(list, table+" "+line)
		}
	}
	slices.Sort(list)
	return list
}
