//go:build linux

package podman

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// Settle waits until containers that have ended are unmounted: "podman run" does not.
// None must be running.
func (s *Store) Settle() error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		processes := s.processes()
		if len(processes) == 0 {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("processes %v still use %s", processes, s.Dir)
		}
	}
}

// endProcesses waits for the processes that tidy up behind containers. What stays too
// long is ended, and an error.
func (s *Store) endProcesses() error {
	err := s.Settle()
	if err != nil {
		for _, p := range s.processes() {
			_ = unix.Kill(p, unix.SIGKILL) // it may have ended
		}
	}
	return err
}

// processes returns the ids of other processes that name the store: conmon, and podman
// started by it. They get it on their command lines.
func (s *Store) processes() (ids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		line, err := os.ReadFile(f)
		if err != nil || !bytes.Contains(line, []byte(s.Dir+"/")) { // an error: it has ended
			continue
		}
		if id, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil && id != os.Getpid() && id != s.pause() {
			ids = append(ids, id)
		}
	}
	return ids
}
