package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOtherPrograms puts stand-ins for programs of distributions into PATH, and checks whether convert
// continues, and its warnings.
func TestOtherPrograms(t *testing.T) {
	const podman4, podman5 = `echo podman version 4.3.1`, `echo podman version 5.4.2`
	for name, test := range map[string]struct {
		programs  map[string]string
		converter imageConverter
		refused   string // the end of the list of programs in the error
		warned    []string
	}{
		"none":           {},
		"new":            {programs: map[string]string{"podman": podman5}, warned: []string{"installed without this driver: DIR/podman 5.4.2\n"}},
		"old":            {programs: map[string]string{"podman": podman4}, refused: "DIR/podman 4.3.1"},
		"old, ignored":   {programs: map[string]string{"podman": podman4}, converter: imageConverter{ignoreOld: true}, warned: []string{"too old for converted layers: DIR/podman 4.3.1\n"}},
		"old, tried":     {programs: map[string]string{"podman": podman4}, converter: imageConverter{dryRun: true}, warned: []string{"too old for converted layers: DIR/podman 4.3.1\n"}},
		"last too old":   {programs: map[string]string{"podman": "echo podman version 4.9.5"}, refused: "DIR/podman 4.9.5"},
		"first new":      {programs: map[string]string{"podman": "echo podman version 5.0.0-rc1"}, warned: []string{"DIR/podman 5.0.0-rc1\n"}},
		"buildah, CRI-O": {programs: map[string]string{"buildah": "echo 'buildah version 1.28.2 (image-spec 1.1.0-rc2)'", "crio": "echo 'crio version 1.29.1'; echo GitCommit: 0", "podman": podman5}, refused: "DIR/buildah 1.28.2, DIR/crio 1.29.1"},
		"other words":    {programs: map[string]string{"podman": "echo hello"}, refused: "DIR/podman (of unknown version)"},
		"fails":          {programs: map[string]string{"podman": "exit 125"}, refused: "DIR/podman (of unknown version)"},
		"no answer":      {programs: map[string]string{"podman": "exec /bin/sleep 1000"}, refused: "DIR/podman (of unknown version)"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := withPrograms(t, test.programs)
			if name == "no answer" {
				usual := versionTimeout
				versionTimeout = time.Second / 10
				t.Cleanup(func() { versionTimeout = usual })
			}
			var complaints bytes.Buffer
			test.converter.err = &complaints
			err := test.converter.warnOfOthers(t.Context())
			in := strings.NewReplacer("DIR", dir)
			switch {
			case test.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case test.refused != "" && (err == nil || !strings.HasPrefix(err.Error(), in.Replace(test.refused)+": too old for converted layers")):
				t.Errorf("error %v, want one of %s", err, in.Replace(test.refused))
			case test.refused == "" && !strings.HasPrefix(complaints.String(), "warning: programs without this driver read converted layers since podman 5.0, buildah 1.35, "):
				t.Errorf("printed first: %s", complaints.String())
			}
			for _, w := range test.warned {
				if !strings.Contains(complaints.String(), in.Replace(w)) {
					t.Errorf("printed %q, without %q", complaints.String(), in.Replace(w))
				}
			}
			if lines := strings.Count(complaints.String(), "\n"); test.refused == "" && lines != 2+len(test.warned) {
				t.Errorf("printed %d lines: %s", lines, complaints.String())
			}
		})
	}
}

// withPrograms lets convert find scripts as the only programs, in a directory of PATH.
func withPrograms(t *testing.T, scripts map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "skopeo"), []byte("no program"), 0o644); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again") // as /bin is /usr/bin
	if err := os.Symlink(dir, again); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	usual := programDirs
	programDirs = []string{again}
	t.Cleanup(func() { programDirs = usual })
	return dir
}

// TestOwnPrograms does not take programs with the driver for others.
func TestOwnPrograms(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if !hasDriver(self) {
		t.Errorf("%s, a program of this project, is taken for another", self)
	}
	if hasDriver("/bin/sh") {
		t.Error("/bin/sh is taken for a program with the driver")
	}
}
