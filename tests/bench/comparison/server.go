package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// server is a program that runs until it is stopped, or this program ends.
type server struct {
	cmd  *exec.Cmd
	log  bytes.Buffer
	done chan struct{} // closed when it has ended
}

// startServer starts a program and returns when it answers.
func startServer(ctx context.Context, cmd *exec.Cmd, answers func() error) (*server, error) {
	s := &server{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // ProcessState has it
			close(s.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	for end := time.Now().Add(10 * time.Second); ; {
		err := answers()
		if err == nil {
			return s, nil
		}
		if time.Now().After(end) || ctx.Err() != nil {
			s.stop()
			return nil, fmt.Errorf("%s does not answer: %w: %s", filepath.Base(cmd.Path), err, &s.log)
		}
		select {
		case <-s.done:
			return nil, fmt.Errorf("%s ended: %v: %s", filepath.Base(cmd.Path), cmd.ProcessState, &s.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the program, unless it has ended. It is killed after 10 seconds.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}
