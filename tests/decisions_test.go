package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDecisions checks that each decision has a number of its own, that the index lists it, that it fits one page,
// and that the tests exist by which it is held.
func TestDecisions(t *testing.T) {
	const dir = "../docs/decisions"
	index := readText(t, filepath.Join(dir, "README.md"))
	pages, err := filepath.Glob(filepath.Join(dir, "[0-9]*.md"))
	if err != nil || len(pages) < 40 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	tests := testNames(t)
	numbers := map[string]bool{}
	for _, path := range pages {
		name, page := filepath.Base(path), readText(t, path)
		if numbers[name[:3]] {
			t.Errorf("another decision has the number of %s", name)
		}
		numbers[name[:3]] = true
		title := strings.TrimPrefix(strings.Split(page, "\n")[0], "# "+name[:3]+": ")
		if !strings.Contains(index, "["+name[:3]+"]("+name+") "+title+"\n") {
			t.Errorf("the index does not list %s with its title", name)
		}
		if lines := strings.Count(page, "\n"); lines > 60 {
			t.Errorf("%s has %d lines", name, lines)
		}
		_, held, _ := strings.Cut(page, "**Held by**")
		if held == "" {
			t.Errorf("%s names no test that holds it", name)
		}
		checkNamed(t, name, held, tests)
	}
}

// TestNamedTests checks that the tests exist that other pages name.
func TestNamedTests(t *testing.T) {
	tests := testNames(t)
	for _, name := range []string{"architecture.md", "testing.md", "security.md"} {
		checkNamed(t, name, readText(t, filepath.Join("../docs", name)), tests)
	}
}

// named is the name of a test in a page, or the beginning of several names.
var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9]+)(…?)`")

func checkNamed(t *testing.T, page, text, tests string) {
	t.Helper()
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		begin := "func " + m[1]
		if m[2] == "" {
			begin += "("
		}
		if !strings.Contains(tests, begin) {
			t.Errorf("%s names %s, which does not exist", page, m[1])
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// testNames returns the lines that begin functions in the files of tests.
func testNames(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "vendor" || len(e.Name()) > 2 && e.Name()[0] == '.'):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		for line := range strings.Lines(readText(t, path)) {
			if strings.HasPrefix(line, "func ") {
				all.WriteString(line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
