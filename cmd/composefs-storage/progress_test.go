package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal returns both ends of a pseudoterminal: its output can be read from screen.
func terminal(t *testing.T) (screen, program *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return screen, program
}

func resize(t *testing.T, f *os.File, columns int) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(f.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
}

// shown returns what write has written to a terminal. The kernel hands it to the other end in any
// number of pieces, so an end mark follows it.
func shown(t *testing.T, screen, program *os.File, write func()) string {
	t.Helper()
	write()
	if _, err := program.WriteString("\x00"); err != nil {
		t.Fatal(err)
	}
	text, err := bufio.NewReader(screen).ReadString(0)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(text, "\x00")
}

// TestProgressWidth draws the bar on terminals of several widths, and of one that changes:
// no redraw is wider than the terminal, has a line end or an escape sequence, and the last
// one leaves the line empty. A terminal without a width has 80 columns.
func TestProgressWidth(t *testing.T) {
	for _, widths := range [][]int{{20}, {40}, {80}, {200}, {3}, {0}, {200, 20, 40}} {
		t.Run(fmt.Sprint(widths), func(t *testing.T) {
			t.Setenv("NO_COLOR", "1")
			screen, program := terminal(t)
			p := streams{err: program}.newProgress(false)
			for step, done := range []int64{0, 12_300_000, 999_000_000, 1_000_000_000} {
				columns := widths[min(step, len(widths)-1)]
				resize(t, program, columns)
				if columns == 0 {
					columns = 80
				}
				p.last = time.Time{}
				redraw := shown(t, screen, program, func() { p.show(done, 1_000_000_000) })
				line, ok := strings.CutPrefix(redraw, "\r")
				if !ok || len(line) >= columns || strings.ContainsAny(line, "\r\n\x1b") {
					t.Errorf("%d columns: %q of %d", columns, redraw, len(line))
				}
				if bar := strings.Count(line, "#") + strings.Count(line[:strings.IndexByte(line, ']')+1], "."); columns >= 20 && bar < barMin {
					t.Errorf("%d columns: the bar has %d of them: %q", columns, bar, line)
				}
			}
			last := shown(t, screen, program, p.end)
			if strings.Trim(last, "\r ") != "" || !strings.HasSuffix(last, "\r") || len(last) > 200 {
				t.Errorf("in the end: %q", last)
			}
		})
	}
}

// TestProgressNowhere has none where there is no terminal, or none is wanted.
func TestProgressNowhere(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_, program := terminal(t)
	for name, p := range map[string]*progress{
		"a pipe":        streams{err: w}.newProgress(false),
		"--no-progress": streams{err: program}.newProgress(true),
		"a buffer":      streams{err: &strings.Builder{}}.newProgress(false),
	} {
		p.show(1, 2)
		p.end()
		if p.drawn > 0 {
			t.Errorf("%s has a bar", name)
		}
	}
	_ = w.Close()
	if n, _ := r.Read(make([]byte, 1)); n > 0 {
		t.Error("the pipe got a bar")
	}
}

// TestProgressLine checks that as much as there is room for is beside the bar.
func TestProgressLine(t *testing.T) {
	for room, want := range map[int]string{
		-1: "", 2: "50", 5: "50 %", 19: "[######......] 50 %",
		39: "[####....] 500 MB of 1.00 GB, 25.0 MB/s", 38: "[#########.........] 500 MB of 1.00 GB",
		79: "[########################........................] 500 MB of 1.00 GB, 25.0 MB/s",
	} {
		if got := progressLine(room, 500e6, 1e9, 25e6); got != want {
			t.Errorf("%d columns: %q, want %q", room, got, want)
		}
	}
}
