//go:build linux

package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// gauge are the resources of an idle service.
type gauge struct {
	files      int // descriptors
	goroutines int
	heap       int // bytes that are reachable
	anonymous  int // bytes of memory
}

func (g gauge) String() string {
	return fmt.Sprintf("%d descriptors, %d goroutines, %.1f MB on the heap, %.1f MB of memory", g.files, g.goroutines, float64(g.heap)/1e6, float64(g.anonymous)/1e6)
}

// gauge returns the least of some readings: the service may still be closing connections.
func (s *service) gauge(t *testing.T) gauge {
	t.Helper()
	least := s.read(t)
	for range 20 {
		g := s.read(t)
		least = gauge{min(least.files, g.files), min(least.goroutines, g.goroutines), min(least.heap, g.heap), g.anonymous}
	}
	return least
}

func (s *service) read(t *testing.T) (g gauge) {
	t.Helper()
	find(t, s.profile(t, "heap?gc=1&debug=1"), "# HeapAlloc = %d", &g.heap)
	find(t, s.profile(t, "goroutine?debug=1"), "goroutine profile: total %d", &g.goroutines)
	smaps, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", s.pid))
	if err != nil {
		t.Fatal(err)
	}
	find(t, string(smaps), "Pss_Anon: %d", &g.anonymous)
	g.anonymous <<= 10
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.pid))
	if err != nil {
		t.Fatal(err)
	}
	g.files = len(files)
	return g
}

// find reads a number from the line of a text that has it.
func find(t *testing.T, text, format string, number *int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if n, _ := fmt.Sscanf(line, format, number); n == 1 {
			return
		}
	}
	t.Fatalf("no %q in %q", format, text[:min(len(text), 1000)])
}

// profile returns a profile of the service.
func (s *service) profile(t *testing.T, name string) string {
	t.Helper()
	resp, err := http.Get("http://" + s.profiles + "/debug/pprof/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// noMoreThan fails the test if there is more than before, but for what does not depend on
// how long the service has run.
func (g gauge) noMoreThan(t *testing.T, before gauge) {
	t.Helper()
	if g.files > before.files+2 {
		t.Errorf("%d descriptors, and %d before", g.files, before.files)
	}
	if g.goroutines > before.goroutines+2 {
		t.Errorf("%d goroutines, and %d before", g.goroutines, before.goroutines)
	}
	if g.heap > before.heap+2<<20 {
		t.Errorf("%d bytes on the heap, and %d before", g.heap, before.heap)
	}
}
