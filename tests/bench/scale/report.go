package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// write writes the table and the chart.
func (b *bench) write(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "results.md"), []byte(b.table()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "results.svg"), []byte(b.chart()), 0o644)
}

// table returns a table of all figures.
func (b *bench) table() string {
	var t strings.Builder
	t.WriteString("| store | operation | CPU, plain | CPU, ours | ours / plain | calls, plain | calls, ours | memory, plain | memory, ours |\n" +
		"| --- | --- | --: | --: | --: | --: | --: | --: | --: |\n")
	for _, st := range b.stages {
		for _, o := range st.order {
			plain, ours := st.figures[o]["plain"], st.figures[o]["ours"]
			ratio := ""
			if p, ok := plain.median(); ok {
				if q, ok := ours.median(); ok {
					ratio = fmt.Sprintf("%.2f", float64(q)/float64(p))
				}
			}
			fmt.Fprintf(&t, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", st.name, o,
				plain.time(), ours.time(), ratio, plain.count(), ours.count(), plain.memory(), ours.memory())
		}
	}
	return t.String()
}

// median returns the median of CPU times, if there are any.
func (f *figures) median() (time.Duration, bool) {
	if f == nil || len(f.cpu) == 0 {
		return 0, false
	}
	return median(f.cpu), true
}

func (f *figures) time() string {
	d, ok := f.median()
	switch {
	case !ok:
		return ""
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func (f *figures) count() string {
	if f == nil || f.calls == 0 {
		return ""
	}
	return fmt.Sprint(f.calls)
}

func (f *figures) memory() string {
	if f == nil || len(f.peak) == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f MB", float64(median(f.peak))/1e6)
}

// The geometry of the chart, in pixels. Both axes are logarithmic.
const (
	plotWidth, plotHeight = 220, 180
	margin, top           = 60, 64
)

const style = `text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .grid { stroke: #d0d7de }
.ours { fill: none; stroke: #1a7f37; stroke-width: 2 } .plain { fill: none; stroke: #afb8c1; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .grid { stroke: #30363d } .ours { stroke: #3fb950 } .plain { stroke: #6e7681 } }`

// charted are the operations in the chart.
var charted = []string{"pull", "mount", "rmi"}

// chart returns a chart of the CPU time of operations by the number of images.
func (b *bench) chart() string {
	var c strings.Builder
	width := len(charted)*(plotWidth+margin) + margin/2
	fmt.Fprintf(&c, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n<style>%s</style>\n",
		width, top+plotHeight+50, width, top+plotHeight+50, style)
	fmt.Fprintf(&c, `<text class="title" x="16" y="24">CPU time of an operation by the number of images</text>`+"\n")
	for i, k := range []string{"plain", "ours"} {
		fmt.Fprintf(&c, `<path class="%s" d="M%d 40h24"/><text x="%d" y="44">%s</text>`+"\n", k, 16+90*i, 46+90*i, k)
	}
	for i, o := range charted {
		b.plot(&c, o, float64(margin+i*(plotWidth+margin)))
	}
	c.WriteString("</svg>\n")
	return c.String()
}

// plot draws the plot of one operation. The vertical scale goes from 10 ms to 10 s.
func (b *bench) plot(c *strings.Builder, operation string, left float64) {
	first, last := b.stages[0].images, b.stages[0].images
	for _, st := range b.stages {
		last = max(last, st.images)
	}
	x := func(images int) float64 {
		return left + plotWidth*math.Log(float64(images)/float64(first))/math.Log(max(2, float64(last)/float64(first)))
	}
	y := func(seconds float64) float64 {
		return top + plotHeight*(1-min(1, max(0, math.Log10(seconds/0.01)/3)))
	}
	fmt.Fprintf(c, `<text x="%.0f" y="%d">%s</text>`+"\n", left, top+plotHeight+40, operation)
	for _, s := range []float64{0.01, 0.1, 1, 10} {
		fmt.Fprintf(c, `<path class="grid" d="M%.1f %.1fh%d"/><text x="%.1f" y="%.1f" text-anchor="end">%g s</text>`+"\n", left, y(s), plotWidth, left-5, y(s)+4, s)
	}
	for _, k := range []string{"plain", "ours"} {
		var points []string
		for _, st := range b.stages {
			if d, ok := st.figures[operation][k].median(); ok && st.images > 0 {
				points = append(points, fmt.Sprintf("%.1f %.1f", x(st.images), y(d.Seconds())))
			}
		}
		fmt.Fprintf(c, `<path class="%s" d="M%s"/>`+"\n", k, strings.Join(points, "L"))
	}
	for _, st := range b.stages {
		if st.images > 0 {
			fmt.Fprintf(c, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x(st.images), top+plotHeight+18, st.images)
		}
	}
}
