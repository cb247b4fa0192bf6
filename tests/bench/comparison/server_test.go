package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestServer checks that a server runs until it is stopped, which may happen twice.
func TestServer(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	cmd := exec.Command("sh", "-c", `touch "$1" && exec sleep 1000`, "sh", ready)
	s, err := startServer(t.Context(), cmd, func() error { _, err := os.Stat(ready); return err })
	if err != nil {
		t.Fatal(err)
	}
	s.stop()
	s.stop()
	if !strings.Contains(cmd.ProcessState.String(), "terminated") {
		t.Errorf("it ended with %v", cmd.ProcessState)
	}
}

// TestServerFails checks that a server that ends by itself is an error, with its last words.
func TestServerFails(t *testing.T) {
	cmd := exec.Command("sh", "-c", "echo no room >&2; exit 3")
	_, err := startServer(t.Context(), cmd, func() error { return errors.New("refused") })
	if err == nil || !strings.Contains(err.Error(), "sh ended: exit status 3: no room") {
		t.Errorf("%v", err)
	}
}
