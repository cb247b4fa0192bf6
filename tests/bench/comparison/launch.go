package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// usage are the resources that a command used.
type usage struct {
	Wall time.Duration // until the command ended
	CPU  time.Duration // user and system, of it and of all processes that it started
	Peak int64         // resident bytes of the largest of them
}

// command is what to run, and with what environment.
type command struct {
	env  []string
	args []string
}

// launched is the command line argument with which this program is a launcher: it runs
// a command, waits for it and for all that it leaves behind, and writes the usage to
// file descriptor 3. It is a process of its own because Linux counts the memory of
// who starts a program into that program's peak, and because orphans go to it.
const launched = "launch"

func launch(args []string) error {
	runtime.LockOSThread() // Pdeathsig is about the thread
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	unix.CloseOnExec(3)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, unix.SIGTERM)
	start := time.Now()
	err := cmd.Start()
	if err != nil {
		return err
	}
	go func() { _ = cmd.Process.Signal(<-stop) }()
	err = cmd.Wait()
	u := usage{Wall: time.Since(start)}
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && err != unix.EINTR {
			break
		}
	}
	var r unix.Rusage
	if err := errors.Join(err, unix.Getrusage(unix.RUSAGE_CHILDREN, &r)); err != nil {
		return err
	}
	u.CPU, u.Peak = time.Duration(r.Utime.Nano()+r.Stime.Nano()), r.Maxrss<<10
	return json.NewEncoder(os.NewFile(3, "usage")).Encode(u)
}

// run runs a command and returns its usage and its output.
func (c command) run(ctx context.Context) (u usage, out string, err error) {
	self, err := os.Executable()
	if err != nil {
		return u, "", err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return u, "", err
	}
	defer r.Close() //nolint:errcheck // open for reading
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, self, append([]string{launched}, c.args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = c.env, &stdout, &stderr, []*os.File{w}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is not for it
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	err = errors.Join(cmd.Run(), w.Close())
	if err == nil {
		err = json.NewDecoder(r).Decode(&u)
	}
	if err != nil {
		return u, "", fmt.Errorf("%q: %w: %s", c.args, errors.Join(ctx.Err(), err), strings.TrimSpace(stderr.String()))
	}
	if strings.Contains(stderr.String(), "level=warning") || strings.Contains(stderr.String(), "level=error") {
		fmt.Fprintf(os.Stderr, "warning: %q: %s\n", c.args, strings.TrimSpace(stderr.String()))
	}
	return u, strings.TrimSpace(stdout.String()), nil
}
