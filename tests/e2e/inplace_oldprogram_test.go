//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertBesideOldPodman has an older podman in PATH, which could not use what convert
// makes: no layer changes until --ignore-old-programs is given.
func TestConvertBesideOldPodman(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	plain := s.Podman(t, podman.Plain, podman.Options{})
	ref := pull(t, plain, rich()[0])
	bin := t.TempDir()
	old := filepath.Join(bin, "podman")
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho podman version 4.3.1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := plain.As(podman.Ours)
	const blobs = "root/overlay/*/composefs-data/composefs.blob"

	refused := tool(t, p, "convert", ref)
	refused.Args = refused.Args[:len(refused.Args)-1] // without the flag
	refused.Env = append(refused.Env, "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := refused.CombinedOutput()
	if refused.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), old+" 4.3.1") || !strings.Contains(string(out), "\nhint: ") {
		t.Errorf("%v: %s", err, out)
	}
	if found := glob(t, s.Dir, blobs); len(found) > 0 {
		t.Errorf("it has converted %q", found)
	}

	told := tool(t, p, "convert", ref)
	told.Env = refused.Env
	if out, err := told.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "warning: ") {
		t.Errorf("%v: %s", err, out)
	}
	if len(glob(t, s.Dir, blobs)) == 0 {
		t.Error("it has converted nothing")
	}
}
