package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// directive finds the linters that a comment names, and what follows them.
var directive = regexp.MustCompile(`//nolint(?::([a-z,]+))?(.*)`)

// TestNolint checks that //nolint comments name linters that "make lint" runs, and give a reason.
// Whether the linter would complain there, nolintlint reports.
func TestNolint(t *testing.T) {
	text, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "  enable:\n")
	list, _, _ = strings.Cut(list, "  settings:\n")
	linters := strings.Fields(strings.ReplaceAll(list, "- ", ""))
	if len(linters) < 5 {
		t.Fatalf("linters %q", linters)
	}
	for _, dir := range []string{"cmd", "config", "convert", "driver", "hack", "tests"} {
		err := filepath.WalkDir("../"+dir, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "nolint_test.go") {
				err = checkNolint(t, path, linters)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// checkNolint checks the comments of a file.
func checkNolint(t *testing.T, path string, linters []string) error {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range directive.FindAllStringSubmatch(string(text), -1) {
		if !strings.HasPrefix(m[2], " // ") {
			t.Errorf("%s: %s: no reason", path, m[0])
		}
		for linter := range strings.SplitSeq(m[1], ",") {
			if !slices.Contains(linters, linter) {
				t.Errorf("%s: %s: %q is not in .golangci.yml", path, m[0], linter)
			}
		}
	}
	return nil
}
