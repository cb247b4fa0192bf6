//go:build linux

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// service is podman's REST service on a store, and a client of it.
type service struct {
	podman   *podman.Podman
	pid      int
	profiles string // where it serves its profiles
	client   http.Client
	stop     func()

	requests, again atomic.Int64
}

// startService starts the service, which ends with the test at the latest.
func startService(t *testing.T, p *podman.Podman) *service {
	t.Helper()
	socket := filepath.Join(p.Store.Dir, "socket")
	s := &service{podman: p, profiles: freeAddress(t), client: http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		MaxIdleConnsPerHost: clients,
	}}}
	cmd := p.Command(context.WithoutCancel(t.Context()), "system", "service", "-t", "0", "--pprof-address", s.profiles, "unix://"+socket)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	cmd.Stderr = &said
	started, done := make(chan error), make(chan error, 1)
	go func() { // it is killed when the thread ends that has started it
		runtime.LockOSThread()
		started <- cmd.Start()
		done <- cmd.Wait()
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	s.pid = cmd.Process.Pid
	ended := false
	s.stop = func() {
		if !ended {
			ended = true
			s.client.CloseIdleConnections()
			_ = cmd.Process.Signal(syscall.SIGTERM)
			<-done
			for line := range strings.Lines(said.String()) {
				if strings.Contains(line, "level=") {
					t.Logf("%s: %s", p.Kind, line)
				}
			}
		}
	}
	t.Cleanup(s.stop)
	eventually(t, func() error { return s.do(http.MethodGet, "_ping", nil, nil) })
	return s
}

// freeAddress returns an address of this machine that nobody uses.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a listener that nobody uses
	return l.Addr().String()
}

// eventually tries something until it works.
func eventually(t *testing.T, try func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Error(err)
}

// do sends a request to the service and decodes the answer if that is wanted.
func (s *service) do(method, path string, send, answer any) error {
	s.requests.Add(1)
	body, err := json.Marshal(send)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, "http://podman/v5.0.0/libpod/"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = errors.New(resp.Status)
	}
	if err == nil && answer != nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", method, path, err, text)
	}
	return err
}

// pull pulls an image, also if layers that it has found are removed before it ends: see pullAgain.
func (s *service) pull(ref string) (err error) {
	for range 10 {
		var answer struct{ Error string }
		if err = s.do(http.MethodPost, "images/pull?quiet=true&reference="+url.QueryEscape(ref), nil, &answer); err == nil && answer.Error != "" {
			err = fmt.Errorf("pull %s: %s", ref, answer.Error)
		}
		if err == nil || !removedMeanwhile.MatchString(err.Error()) {
			return err
		}
		s.again.Add(1)
	}
	return err
}

// removedMeanwhile is the error of plain podman too if a pull finds a layer, and it is removed
// before the image has it.
var removedMeanwhile = regexp.MustCompile(`layer not known|layer for blob .* not found`)

// idle waits until nothing is left of what clients have removed. Of containers that end,
// podman lets other processes tidy up.
func (s *service) idle(t *testing.T) {
	t.Helper()
	s.client.CloseIdleConnections()
	eventually(t, func() error {
		if left := s.podman.Store.Left(); len(left) > 0 {
			return fmt.Errorf("left behind: %q", left)
		}
		return nil
	})
}

// ownFile is what only the image of one client has.
func ownFile(client int) layertest.Entry {
	return layertest.File("own", strings.Repeat(fmt.Sprint(client), 1000*(1+client)))
}
