//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestC6PullsNeedLittleMemory pulls a layer of 20,000 files, of which stock composefs
// keeps several copies in memory.
func TestC6PullsNeedLittleMemory(t *testing.T) {
	var entries []layertest.Entry
	for i := range 20_000 {
		entries = append(entries, layertest.File(fmt.Sprintf("dir%d/file%d", i%100, i), fmt.Sprintf("content %d", i)))
	}
	ref := push(t, podman.Layer(entries...))
	plain := peak(t, podman.New(t, podman.Plain), ref)
	ours := peak(t, podman.New(t, podman.Ours), ref)
	stock := peak(t, podman.New(t, podman.StockComposefs), ref)
	t.Logf("peak memory of a pull: plain %d MB, ours %d MB, stock composefs %d MB", plain>>20, ours>>20, stock>>20)
	if ours > plain+64<<20 {
		t.Errorf("a pull takes %d MB, and %d MB without composefs", ours>>20, plain>>20)
	}
	if stock < ours {
		t.Errorf("stock composefs takes %d MB and ours %d MB", stock>>20, ours>>20)
	}
}

// TestC6TablesNeedLittleMemory pulls four zstd:chunked layers of 10,000 files each at once. Their tables
// of contents would take more memory than all else.
func TestC6TablesNeedLittleMemory(t *testing.T) {
	var layers [][]byte
	for l := range 4 {
		var entries []layertest.Entry
		for i := range 10_000 {
			name := fmt.Sprintf("layer%d/dir%d/a-file-with-a-name-that-is-not-short-%d", l, i%100, i)
			entries = append(entries, layertest.File(name, name))
		}
		layers = append(layers, podman.Layer(entries...))
	}
	ref, _ := pushChunked(t, "tables", layers...)
	plain := peak(t, podman.New(t, podman.Plain), ref)
	ours := peak(t, podman.New(t, podman.Ours), ref)
	t.Logf("peak memory of a pull: plain %d MB, ours %d MB", plain>>20, ours>>20)
	if 4*ours > 7*plain {
		t.Errorf("a pull takes %d MB, and %d MB without composefs", ours>>20, plain>>20)
	}
}

// peak returns how many bytes of memory a pull takes. The kernel's answer to wait4 would be no less
// than what the test takes itself, from which podman is forked.
func peak(t *testing.T, p *podman.Podman, ref string) (bytes int64) {
	t.Helper()
	cmd := p.Command(t.Context(), "pull", "-q", ref)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil || bytes == 0 {
				t.Fatalf("pull: %v, with %d bytes", err, bytes)
			}
			return bytes
		case <-time.After(5 * time.Millisecond):
			bytes = max(bytes, highWater(cmd.Process.Pid))
		}
	}
}

// highWater returns the most memory that a process has had so far, in bytes.
func highWater(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // gone at the end
	_, rest, _ := strings.Cut(string(status), "\nVmHWM:")
	var kilobytes int64
	_, _ = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10
}
