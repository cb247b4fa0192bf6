package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// loadAll returns all mutants.
func loadAll(t *testing.T) []mutant {
	t.Helper()
	all, err := load(".")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// readAll returns the code of the project.
func readAll(t *testing.T) *source {
	t.Helper()
	code, err := read("../..")
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestFit checks that each mutant fits the code, so that a change which moves on without them
// fails "make test" and not only "make mutants".
func TestFit(t *testing.T) {
	all, code := loadAll(t), readAll(t)
	if len(all) < 40 {
		t.Errorf("%d mutants", len(all))
	}
	for _, m := range all {
		if _, _, err := code.apply(m); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
		for _, where := range m.tests {
			if _, err := code.dirOf(where); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		}
	}
}

// TestPackages checks that nearly each package of the product has a mutant.
func TestPackages(t *testing.T) {
	all, code := loadAll(t), readAll(t)
	packages := map[string]bool{} // whether it has a mutant
	for _, f := range code.code {
		dir := filepath.Dir(f.path)
		top, _, _ := strings.Cut(strings.TrimPrefix(dir, "../../"), "/")
		if slices.Contains([]string{"cmd", "config", "convert", "driver"}, top) && !strings.HasSuffix(dir, "test") {
			packages[dir] = false
		}
	}
	for _, m := range all {
		if path, _, err := code.apply(m); err == nil { // TestFit reports errors
			packages[filepath.Dir(path)] = true
		}
	}
	without := slices.DeleteFunc(slices.Sorted(maps.Keys(packages)), func(dir string) bool { return packages[dir] })
	if len(packages) < 40 || len(without) > 2 {
		t.Errorf("%d packages, no mutant is in %q", len(packages), without)
	}
}

// TestDocumented checks that docs/mutants.md lists each mutant, with one of its tests.
func TestDocumented(t *testing.T) {
	all := loadAll(t)
	page, err := os.ReadFile("../../docs/mutants.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		listed := func(by test) bool {
			row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(strings.TrimSuffix(m.what, ".")) + " \\| .* \\| `" + by.dir + `\.` + by.name + "` \\|$")
			return row.Match(page)
		}
		if !slices.ContainsFunc(m.tests, listed) {
			t.Errorf("docs/mutants.md does not list %s", m.name)
		}
	}
}

// TestParse reads a mutant, and some that lack something.
func TestParse(t *testing.T) {
	const good = "What goes\nwrong.\ntest pool.TestA\ntest pool.TestB\n---\nold\n\n+++\nnew\n"
	m, err := parse("name", good)
	if err != nil || m.what != "What goes wrong." || m.old != "old\n\n" || m.new != "new\n" ||
		!slices.Equal(m.tests, []test{{"pool", "TestA"}, {"pool", "TestB"}}) {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := parse("name", strings.TrimSuffix(good, "new\n")); err != nil || m.new != "" {
		t.Errorf("%+v, %v", m, err)
	}
	for without, text := range map[string]string{
		"what": strings.Replace(good, "What goes\nwrong.\n", "", 1),
		"test": strings.ReplaceAll(good, "test ", ""),
		"old":  strings.Replace(good, "\n---\n", "\n", 1),
		"new":  strings.Replace(good, "+++\n", "", 1),
		"dir":  strings.Replace(good, "pool.TestA", "TestA", 1),
	} {
		if m, err := parse("name", text); err == nil || !strings.Contains(err.Error(), "mutant name") {
			t.Errorf("without %s: %+v, %v", without, m, err)
		}
	}
}

// TestApply applies mutants to code that has their text once, or not. Comments and spaces do not
// count.
func TestApply(t *testing.T) {
	s := &source{}
	s.add("a.go", "x()\ny()\n")
	s.add("b.go", "y()\n// comment\nz(\"// no\",  1) // comment\n\nw()\n")
	path, text, err := s.apply(mutant{old: "z(\"// no\", 1) // other\nw()\n", new: "v()\n"})
	if err != nil || path != "b.go" || text != "y()\n// comment\nv()\n" {
		t.Errorf("%s, %q, %v", path, text, err)
	}
	for _, old := range []string{"y()\n", "z()\n", "comment\n"} {
		if _, _, err := s.apply(mutant{old: old}); !errors.Is(err, errUnfit) {
			t.Errorf("%q: %v", old, err)
		}
	}
}
