//go:build crio

package crio_test

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a child that does not survive this program, even if that is killed.
type process struct {
	*exec.Cmd
	ended chan struct{} // closed when it has ended
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p := &process{cmd, make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the signal comes when the thread that started the child ends
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the tests kill it
			close(p.ended)
		}
	}()
	return p, <-started
}

// await reports whether the process ends in time.
func (p *process) await(most time.Duration) bool {
	select {
	case <-p.ended:
		return true
	case <-time.After(most):
		return false
	}
}
