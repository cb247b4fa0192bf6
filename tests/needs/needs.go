// Package needs ends tests that lack something the project's scripts install, or
// the rights to use it: in CI that is a failure, elsewhere a skip that prints how to
// get it.
package needs

import (
	"os"
	"os/exec"
	"testing"
)

// Root ends a test that mounts unless it may.
func Root(t testing.TB) {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "root")
	}
}

// Program returns the path of a program, which is in the given package of Debian.
func Program(t testing.TB, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" (Debian: "+debian+")")
	}
	return path
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", what)
	}
	t.Skipf("%s is missing; \"make deps\" installs it", what)
}

// Built ends a test that lacks a program which the project builds by the given
// command.
func Built(t testing.TB, path, command string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("%v; %q makes it", err, command)
	}
}

// File ends a test that lacks a file which is in the given package of Debian.
func File(t testing.TB, path, debian string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		missing(t, path+" (Debian: "+debian+")")
	}
}
