//go:build linux

package nodes

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process is a child that does not survive this program, even if that is killed.
type Process struct {
	*exec.Cmd
	ended chan struct{} // closed when it has ended
}

// Start starts a command, which may be killed: its exit code does not count.
func Start(cmd *exec.Cmd) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	p := &Process{cmd, make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the signal comes when the thread that started the child ends
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(p.ended)
		}
	}()
	return p, <-started
}

// Await reports whether the process ends in time.
func (p *Process) Await(most time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(most):
		return false
	}
}
