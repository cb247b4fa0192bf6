//go:build linux

package e2e_test

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// screen is the content of a terminal, now and before.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// await waits until something is shown.
func (s *screen) await(t *testing.T, what string) {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		text := s.text.String()
		s.mu.Unlock()
		if strings.Contains(text, what) {
			return
		}
		if time.Now().After(end) {
			t.Errorf("no %q is shown: %q", what, text)
			return
		}
	}
}

// shellCommand returns a command line for a shell.
func shellCommand(args []string) string {
	var words []string
	for _, arg := range args {
		words = append(words, message.Word(arg))
	}
	return strings.Join(words, " ")
}

// TestProgress pulls a layer of several parts on a terminal. The server answers a request
// when the progress bar shows the parts before.
func TestProgress(t *testing.T) {
	t.Parallel()
	content := make([]byte, 30<<20)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(content)
	img := podman.Image{Layers: [][]byte{podman.Layer(layertest.File("large", string(content)))}, Compression: podman.None}
	p, s := podman.New(t, podman.Ours), newSite(t, img)
	shown := &screen{}
	s.answer = func(_ http.ResponseWriter, _ *http.Request, digest string, n int) bool {
		if digest == s.Layers[0] && n > 1 {
			shown.await(t, []string{"8.0MiB / 30.0MiB", "16.0MiB / 30.0MiB", "24.0MiB / 30.0MiB"}[n-2])
		}
		return false
	}
	pull := p.Command(t.Context(), "pull", s.ref)
	cmd := exec.CommandContext(t.Context(), needs.Program(t, "script", "bsdutils"), "-qefc", "stty rows 24 cols 200; "+shellCommand(pull.Args), "/dev/null")
	cmd.Env, cmd.Dir = append(pull.Env, "TERM=xterm", "SHELL=/bin/sh"), pull.Dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, shown, shown
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %q", err, shown.text.String())
	}
	if n := len(s.requests(s.Layers[0])); n != 4 {
		t.Errorf("%d requests", n)
	}
	if !strings.Contains(shown.text.String(), " done ") {
		t.Errorf("in the end is shown: %q", shown.text.String())
	}
}
