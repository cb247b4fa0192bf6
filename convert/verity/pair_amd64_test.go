//go:build linux && !purego

package verity

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestPairing compares with the features that the kernel reports.
func TestPairing(t *testing.T) {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	_, flags, _ := strings.Cut(string(info), "\nflags")
	flags, _, _ = strings.Cut(flags, "\n")
	want := !fips140.Enabled()
	for _, flag := range []string{"ssse3", "sse4_1", "sha_ni"} {
		want = want && slices.Contains(strings.Fields(flags), flag)
	}
	if pairing != want {
		t.Errorf("pairing = %t, want %t with FIPS 140 mode %t and a processor with %s", pairing, want, fips140.Enabled(), flags)
	}
}

// TestPairingFIPS runs TestPairing in FIPS 140 mode, in which only Go's own module may hash.
func TestPairingFIPS(t *testing.T) {
	for _, mode := range []string{"on", "only"} {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^TestPairing$")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140="+mode)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestPairing") {
			t.Errorf("with GODEBUG=fips140=%s: %v\n%s", mode, err, out)
		}
	}
}
