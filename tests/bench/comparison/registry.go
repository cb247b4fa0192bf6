package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// registry is docker-registry on a free port of this machine.
type registry struct {
	addr, dir string
	log       bytes.Buffer
	cmd       *exec.Cmd
	done      chan error
}

const registryConfig = `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: %q}}
http: {addr: %q}
`

// startRegistry serves the images in dir.
func startRegistry(ctx context.Context, program, dir string) (*registry, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &registry{addr: free.Addr().String(), dir: dir, done: make(chan error, 1)}
	_ = free.Close() // so that the registry can have the port
	config := filepath.Join(dir, "config.yml")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, registryConfig, filepath.Join(dir, "data"), r.addr), 0o600); err != nil {
		return nil, err
	}
	r.cmd = exec.Command(program, "serve", config)
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // Pdeathsig is about the thread
		err := r.cmd.Start()
		started <- err
		if err == nil {
			r.done <- r.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	if err := r.await(ctx); err != nil {
		r.stop()
		return nil, fmt.Errorf("docker-registry: %w: %s", err, &r.log)
	}
	return r, nil
}

// await returns when the registry answers.
func (r *registry) await(ctx context.Context) error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + r.addr + "/v2/")
		if err == nil {
			return resp.Body.Close()
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}

// blob returns where a blob is kept.
func (r *registry) blob(digest string) string {
	algorithm, hex, _ := strings.Cut(digest, ":")
	return filepath.Join(r.dir, "data/docker/registry/v2/blobs", algorithm, hex[:2], hex, "data")
}

func (r *registry) stop() {
	_ = r.cmd.Process.Kill() // it may have ended
	<-r.done
}
