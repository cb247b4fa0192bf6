package tests

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// scripts is a directory with copies of the project's scripts. PATH contains nothing but its
// directory "path".
type scripts string

// newScripts copies files of the project, links programs of this machine, and writes stand-ins
// for others.
func newScripts(t *testing.T, copies, programs string, standIns map[string]string) scripts {
	t.Helper()
	s := scripts(t.TempDir())
	for name := range strings.FieldsSeq(copies) {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, name, string(text))
	}
	for name := range strings.FieldsSeq(programs) {
		program, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		s.write(t, "path/"+name, "#!/bin/sh\nexec "+program+" \"$@\"\n")
	}
	for name, text := range standIns {
		s.write(t, name, "#!/bin/sh\n"+text+"\n")
	}
	return s
}

func (s scripts) path(name string) string { return filepath.Join(string(s), name) }

func (s scripts) write(t *testing.T, name, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755)
	if err == nil {
		err = os.WriteFile(s.path(name), []byte(text), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// debian returns a variable for the scripts, by which they run on a release of Debian.
func (s scripts) debian(t *testing.T, release string) string {
	t.Helper()
	s.write(t, "os-release", "ID=debian\nVERSION_CODENAME="+release+"\n")
	return "OS_RELEASE=" + s.path("os-release")
}

// run runs a script, and returns its output and its exit code.
func (s scripts) run(t *testing.T, env []string, name string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.Command(s.path(name), args...)
	cmd.Env = append([]string{"PATH=" + s.path("path"), "TMPDIR=" + s.path("tmp"), "LOG=" + s.path("log")}, env...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// log returns the lines that stand-ins append to $LOG.
func (s scripts) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(s.path("log"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}
