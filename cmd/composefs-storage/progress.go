package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// progress is a bar on a terminal; on anything else it is nothing.
type progress struct {
	out   io.Writer // nil: nothing is shown
	mu    sync.Mutex
	start time.Time
	last  time.Time
	drawn bool
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

// show draws the bar if it is time to. Who comes while another one draws does not wait.
func (p *progress) show(done, total int64) {
	if p.out == nil || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.last) < progressEvery || total == 0 {
		return
	}
	p.last, p.drawn = now, true
	const width = 30
	full := int(done * width / total)
	fmt.Fprintf(p.out, "\r[%s%s] %s of %s, %s/s \x1b[K", strings.Repeat("#", full), strings.Repeat(".", width-full),
		humanSize(done), humanSize(total), humanSize(int64(float64(done)/now.Sub(p.start).Seconds())))
}

// end removes the bar.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
