//go:build linux

package e2e_test

import (
	"fmt"
	"syscall"
	"testing"

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

// peak returns how many bytes of memory a pull takes.
func peak(t *testing.T, p *podman.Podman, ref string) int64 {
	t.Helper()
	cmd := p.Command(t.Context(), "pull", "-q", ref)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}
