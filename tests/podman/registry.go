//go:build linux

package podman

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
)

// Registry is docker-registry on a free port of this machine.
type Registry struct {
	Addr string // host and port

	dir  string
	log  bytes.Buffer
	stop func()
	done chan error
}

// shared is the registry of all tests of a program.
var shared struct {
	sync.Mutex
	*Registry
}

// Main runs the tests of a package, with cgroup v2 if podman needs it, then stops the shared registry.
// Call it from TestMain.
func Main(m *testing.M) {
	oldkernel.Enter()
	if err := enterCgroup2(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	code := m.Run()
	if copied != "" {
		if err := os.RemoveAll(copied); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	if shared.Registry != nil {
		if err := shared.close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// SharedRegistry returns the registry that all tests of the program use. [Main] stops
// it.
func SharedRegistry(t testing.TB) *Registry {
	t.Helper()
	program := needs.Program(t, "docker-registry", "docker-registry")
	shared.Lock()
	defer shared.Unlock()
	if shared.Registry == nil {
		r, err := startRegistry(program)
		if err != nil {
			t.Fatal(err)
		}
		shared.Registry = r
	}
	return shared.Registry
}

const registryConfig = `version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: %q}, delete: {enabled: true}}
http: {addr: %q}
`

func startRegistry(program string) (*Registry, error) {
	dir, err := os.MkdirTemp("", "composefs-registry-*")
	if err != nil {
		return nil, err
	}
	r := &Registry{dir: dir, done: make(chan error, 1)}
	if err = r.start(program); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *Registry) start(program string) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	r.Addr = free.Addr().String()
	_ = free.Close() // so that the registry can have the port
	config := filepath.Join(r.dir, "config.yml")
	text := fmt.Sprintf(registryConfig, filepath.Join(r.dir, "data"), r.Addr)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(program, "serve", config)
	cmd.Stdout, cmd.Stderr = &r.log, &r.log
	// It must not survive a test that is killed. The signal comes when the thread
	// that started it ends, so that one does nothing else.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			r.done <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	r.stop = func() { _ = cmd.Process.Kill() }
	return r.await(10 * time.Second)
}

// await returns when the registry answers.
func (r *Registry) await(most time.Duration) error {
	for end := time.Now().Add(most); ; time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(r.url("/v2/"))
		if err == nil {
			return resp.Body.Close()
		}
		select {
		case end := <-r.done:
			r.done <- end
			return fmt.Errorf("docker-registry: %w: %s", end, &r.log)
		default:
			if time.Now().After(end) {
				return fmt.Errorf("docker-registry does not answer: %w", err)
			}
		}
	}
}

func (r *Registry) close() error {
	if r.stop != nil {
		r.stop()
		<-r.done
	}
	return os.RemoveAll(r.dir)
}

func (r *Registry) url(path string) string { return "http://" + r.Addr + path }
