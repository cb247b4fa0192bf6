package mounttest

import (
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Elsewhere runs a shell script in a new, private mount namespace. The namespace exists until the
// returned function is called.
func Elsewhere(t *testing.T, script string) (leave func()) {
	t.Helper()
	cmd := exec.Command("sh", "-ec", "mount --make-rprivate /\n"+script+"\necho ready\nread end")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if n, err := out.Read(make([]byte, 16)); n == 0 {
		t.Fatalf("%s: %v, %v", script, err, cmd.Wait())
	}
	return func() {
		_ = in.Close() // ends the script's read
		_ = cmd.Wait()
	}
}
