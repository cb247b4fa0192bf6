package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// runner runs tests.
type runner struct {
	*source
	dir string // for temporary files
}

// errSurvived is returned for a mutant that no test has found.
var errSurvived = errors.New("it survives")

// kill makes the mistake and runs the tests that should find it. It returns which did, and the
// file with the mistake.
func (r *runner) kill(m mutant) (killer test, path string, err error) {
	path, text, err := r.apply(m)
	if err != nil {
		return killer, path, err
	}
	changed, overlay := filepath.Join(r.dir, m.name+".go"), filepath.Join(r.dir, m.name+".json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err == nil {
		err = errors.Join(os.WriteFile(changed, []byte(text), 0o600), os.WriteFile(overlay, replace, 0o600))
	}
	for _, t := range m.tests {
		if err != nil {
			return killer, path, err
		}
		failed := false
		if failed, err = r.find(t, m.name, overlay); failed {
			return t, path, nil
		}
	}
	if err == nil {
		err = errSurvived
	}
	return killer, path, err
}

// find reports whether a test finds a mistake.
func (r *runner) find(t test, name, overlay string) (bool, error) {
	dir, err := r.dirOf(t)
	if err != nil {
		return false, err
	}
	binary, err := r.build(dir, name, overlay)
	if err != nil {
		return false, err
	}
	defer os.Remove(binary) //nolint:errcheck // with r.dir, if not now
	return fails(t, dir, binary, overlay)
}

// build builds the tests in a directory. name is for the file.
func (r *runner) build(dir, name, overlay string) (binary string, err error) {
	binary = filepath.Join(r.dir, name+strings.ReplaceAll(dir, "/", "-")+".test")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Dir, build.Env = dir, environ(overlay)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not build: %w\n%s", err, out)
	}
	return binary, nil
}

// environ returns the environment in which programs that tests build have the mistake too.
func environ(overlay string) []string {
	flags := os.Getenv("GOFLAGS")
	if overlay != "" {
		flags += " -overlay=" + overlay
	}
	return append(os.Environ(), "GOFLAGS="+strings.TrimSpace(flags))
}

// fails runs a test and reports whether it fails.
func fails(t test, dir, binary, overlay string) (bool, error) {
	run := exec.Command(binary, "-test.run=^"+t.name+"$", "-test.v", "-test.timeout=3m")
	run.Dir, run.Env = dir, environ(overlay)
	out, err := run.CombinedOutput()
	lines := strings.Split(string(out), "\n")
	has := func(prefix string) bool {
		return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, prefix) })
	}
	switch {
	case err == nil && has("--- PASS: "+t.name+" ("):
		return false, nil
	case err != nil && (has("--- FAIL: "+t.name+" (") || has("panic: ")):
		return true, nil
	}
	return false, fmt.Errorf("test %s.%s neither passes nor fails (%v)\n%s", t.dir, t.name, err, out) //nolint:errorlint // err may be nil
}
