//go:build linux

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertProgress converts an image on a terminal, and back: the bar fits, is gone before a line
// about a layer is printed, and reaches a size that the layers have.
func TestConvertProgress(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{20, 80} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			t.Parallel()
			p := podman.New(t, podman.Plain)
			pull(t, p, rich()...)
			convertOnTerminal(t, p.As(podman.Ours), columns, ", converted: ", "--all")
			convertOnTerminal(t, p.As(podman.Ours), columns, ", now plain: ", "--all", "--plain")
		})
	}
}

// convertOnTerminal runs convert on a terminal. Lines about layers have the words.
func convertOnTerminal(t *testing.T, p *podman.Podman, columns int, words string, flags ...string) {
	t.Helper()
	convert := tool(t, p, append([]string{"convert"}, flags...)...)
	cmd := exec.Command(needs.Program(t, "script", "bsdutils"), "-qefc", fmt.Sprintf("stty -onlcr cols %d; %s", columns, shellCommand(convert.Args)), "/dev/null")
	cmd.Env, cmd.Dir, cmd.Stderr = append(convert.Env, "SHELL=/bin/sh", "NO_COLOR=1"), convert.Dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	bars := 0
	for line := range strings.SplitSeq(string(out), "\n") {
		for redraw := range strings.SplitSeq(line, "\r") {
			if strings.HasPrefix(redraw, "[") {
				bars++
				if len(redraw) >= columns || !strings.ContainsAny(redraw, "%B") {
					t.Errorf("%q has %d of %d columns", redraw, len(redraw), columns)
				}
			}
		}
		said := line[strings.LastIndexByte(line, '\r')+1:]
		if said != "" && !strings.Contains(said, words) && !strings.HasPrefix(said, "warning: ") && !strings.HasPrefix(said, "hint: composefs is still on") {
			t.Errorf("a line is %q", said)
		}
	}
	if bars == 0 || strings.Contains(string(out), "\x1b") {
		t.Errorf("%d redraws: %q", bars, out)
	}
}
