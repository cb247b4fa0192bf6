package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"
)

var errInterrupted = errors.New("interrupted")

// interruptible calls fn with a context that SIGINT and SIGTERM end, so that fn can
// remove unfinished files. A second signal ends the program at once.
func interruptible(fn func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	err := fn(ctx)
	if err != nil && ctx.Err() != nil {
		return errInterrupted // any error may be its result
	}
	return err
}

// endWith makes reading from in fail when ctx ends, even while it waits for a pipe. Readers of other
// files check ctx themselves.
func endWith(ctx context.Context, in io.Reader) {
	if f, ok := in.(*os.File); ok {
		context.AfterFunc(ctx, func() {
			_ = f.SetReadDeadline(time.Now()) // files that cannot do that do not wait
		})
	}
}

// waitingInput is [streams.input] for endWith, which can end the wait for a pipe. It opens standard input
// again if it is a pipe, because other processes share the descriptor and its flags.
func (s streams) waitingInput(path string) (io.ReadCloser, error) {
	if f, ok := s.in.(*os.File); ok && path == "-" {
		info, err := f.Stat()
		if err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
			own := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
			if again, err := os.OpenFile(own, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
				return again, nil
			}
		}
	}
	return s.input(path)
}
