package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// progress is a bar on a terminal, in one line of it; on anything else it is nothing.
type progress struct {
	out   *os.File // nil: nothing is shown
	mu    sync.Mutex
	start time.Time
	last  time.Time
	drawn int // columns of the bar that is shown
}

func (s streams) newProgress(quiet bool) *progress {
	p := &progress{start: time.Now()}
	if f, ok := s.err.(*os.File); ok && !quiet {
		if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err == nil {
			p.out = f
		}
	}
	return p
}

// progressEvery is how often the bar is drawn at most.
const progressEvery = 100 * time.Millisecond

// show draws the bar if it is time to. Callers do not wait for one another.
func (p *progress) show(done, total int64) {
	if p.out == nil || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.last) < progressEvery || total <= 0 {
		return
	}
	p.last = now
	rate := int64(float64(done) / max(now.Sub(p.start), time.Millisecond).Seconds())
	p.draw(progressLine(columns(p.out)-1, min(done, total), total, rate))
}

// end removes the bar.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn > 0 {
		p.draw("")
		fmt.Fprint(p.out, "\r")
	}
}

// draw replaces the bar by a line. Spaces hide the end of the one before, so that every terminal
// can show it.
func (p *progress) draw(line string) {
	rest := min(p.drawn, columns(p.out)-1) - len(line)
	fmt.Fprintf(p.out, "\r%s%s", line, strings.Repeat(" ", max(rest, 0)))
	p.drawn = len(line)
}

// columns returns the width of a terminal, which may have changed since the last call.
func columns(f *os.File) int {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 {
		return 80
	}
	return int(size.Col)
}

// The columns of the bar itself.
const barMin, barMax = 8, 50

// progressLine returns a line of at most room columns: a bar, and beside it as much as there is
// room for. Without room for any bar it is the percentage alone.
func progressLine(room int, done, total, rate int64) string {
	sizes := humanSize(done) + " of " + humanSize(total)
	percent := fmt.Sprintf("%d %%", int(100*float64(done)/float64(total)))
	for _, text := range []string{sizes + ", " + humanSize(rate) + "/s", sizes, percent} {
		if width := min(room-len(text)-len("[] "), barMax); width >= barMin {
			full := int(float64(width) * float64(done) / float64(total))
			return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "] " + text
		}
	}
	return percent[:min(len(percent), max(room, 0))]
}
