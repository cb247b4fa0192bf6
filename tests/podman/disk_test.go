//go:build linux

package podman_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestFill fills a disk while a process tidies up behind a container, and gives room back when it
// ends. There is none then, nor when the kernel has written all back.
func TestFill(t *testing.T) {
	s := podman.NewSmallStore(t, 64<<20)
	write := func(name string, size int) error {
		return os.WriteFile(filepath.Join(s.Root, name), make([]byte, size), 0o600)
	}
	if err := write("log", 1<<20); err != nil {
		t.Fatal(err)
	}
	tidies := exec.Command("sh", "-c", `exec 3<"$1/log"; rm "$1/log"; echo; sleep 0.5`, "sh", s.Root)
	out, err := tidies.StdoutPipe()
	if err == nil {
		err = tidies.Start()
	}
	if err == nil {
		_, err = out.Read(make([]byte, 1))
	}
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- tidies.Wait() }()
	restore := s.Fill(t, 0)
	err = <-ended
	for range 2 {
		if err := write("new", 4096); !errors.Is(err, unix.ENOSPC) {
			t.Errorf("a file on the full disk: %v", err)
		}
		err = errors.Join(err, syncfs(s.Root))
	}
	restore()
	if err = errors.Join(err, write("new", 4096)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func syncfs(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.Syncfs(int(f.Fd())), f.Close())
}
