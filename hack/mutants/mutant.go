package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mutant is a mistake in the code.
type mutant struct {
	name     string
	what     string
	tests    []test
	old, new string
}

// test is a test in a package.
type test struct{ dir, name string }

// parse reads a mutant.
func parse(name, text string) (m mutant, err error) {
	m.name = name
	head, change, _ := strings.Cut(text, "\n---\n")
	before, after, ok := strings.Cut("\n"+change, "\n+++\n")
	if !ok {
		return m, fmt.Errorf("mutant %s: it needs a line --- before the old text, and a line +++ before the new one", name)
	}
	m.old, m.new = before[1:]+"\n", after
	for line := range strings.Lines(head) {
		line = strings.TrimSpace(line)
		name, ok := strings.CutPrefix(line, "test ")
		if !ok {
			m.what = strings.TrimSpace(m.what + " " + line)
			continue
		}
		var t test
		if t.dir, t.name, ok = strings.Cut(name, "."); !ok {
			return m, fmt.Errorf("mutant %s: test %q needs the name of its directory before a dot", m.name, name)
		}
		m.tests = append(m.tests, t)
	}
	if m.what == "" || len(m.tests) == 0 {
		return m, fmt.Errorf("mutant %s: it needs a line that says what goes wrong, and the name of a test", m.name)
	}
	return m, nil
}

// load reads the mutants in a directory, in the order of their names.
func load(dir string) (list []mutant, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.mutant"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := parse(strings.TrimSuffix(filepath.Base(name), ".mutant"), string(text))
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, err
}
