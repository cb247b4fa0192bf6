package report

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// The geometry of the chart, in pixels.
const (
	barHeight  = 11
	rowHeight  = 34
	labelWidth = 330
	plotWidth  = 440
	top        = 84
	chartWidth = labelWidth + plotWidth + 60
)

// Ratios from 1/64 to 4 are shown; others end with an arrow.
const (
	leastLog = -6
	mostLog  = 2
)

const style = `text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 } .small { font-size: 11px; fill: #656d76 }
.grid { stroke: #d0d7de } .one { stroke: #1f2328; stroke-width: 1.5 }
.ours { fill: #1a7f37 } .worse { fill: #bc4c00 } .other { fill: #afb8c1 }
.aim { stroke: #8250df; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #8d96a0 } .grid { stroke: #30363d } .one { stroke: #e6edf3 }
.ours { fill: #3fb950 } .worse { fill: #f0883e } .other { fill: #484f58 } .aim { stroke: #bc8cff } }`

// x returns where a ratio is.
func x(ratio float64) float64 {
	log := min(max(math.Log2(ratio), leastLog), mostLog)
	return labelWidth + (log-leastLog)/(mostLog-leastLog)*plotWidth
}

// SVG returns a chart of the ratios of ours, and of other, to against, on a logarithmic
// scale: bars to the left of the line in the middle are better. It shows the measures
// that have an aim against it, and those that are named.
func (r *Results) SVG(against, other string, aims []Aim, named []string) string {
	most := map[string]float64{}
	for _, a := range aims {
		if a.Against == against {
			most[a.Measure] = a.Most
		}
	}
	for _, n := range named {
		if _, ok := most[n]; !ok {
			most[n] = 0
		}
	}
	var rows strings.Builder
	y := float64(top)
	for _, m := range r.Measures {
		aim, wanted := most[m.Name]
		v, ok := m.Ratio(r.ours(), against)
		if !wanted || !ok {
			continue
		}
		class := "ours"
		if v > 1 {
			class = "worse"
		}
		text(&rows, labelWidth-12, y+15, "", "end", m.Name)
		bar(&rows, class, v, y)
		text(&rows, max(x(v), x(1))+6, y+10, "", "start", ratio(v)+"×")
		if o, ok := m.Ratio(other, against); ok {
			bar(&rows, "other", o, y+barHeight+1)
		}
		if aim > 0 {
			fmt.Fprintf(&rows, `<line class="aim" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`+"\n", x(aim), x(aim), y-3, y+barHeight+3)
		}
		y += rowHeight
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" width="%d" height="%.0f" role="img">`+"\n<style>%s</style>\n",
		chartWidth, y+24, chartWidth, y+24, style)
	text(&b, 16, 26, "title", "start", "Compared with "+against+" overlay")
	r.legend(&b, other)
	grid(&b, y)
	b.WriteString(rows.String())
	b.WriteString("</svg>\n")
	return b.String()
}

func (r *Results) legend(b *strings.Builder, other string) {
	at := 16.0
	for _, e := range [][2]string{{"ours", r.ours()}, {"worse", r.ours() + ", worse"}, {"other", other}} {
		fmt.Fprintf(b, `<rect class="%s" x="%.0f" y="40" width="11" height="11" rx="2"/>`+"\n", e[0], at)
		text(b, at+17, 50, "small", "start", e[1])
		at += 17 + float64(len(e[1]))*6 + 20
	}
	fmt.Fprintf(b, `<line class="aim" x1="%.0f" x2="%.0f" y1="38" y2="53"/>`+"\n", at+4, at+4)
	text(b, at+14, 50, "small", "start", "aim")
}

// grid draws a line at each power of two.
func grid(b *strings.Builder, bottom float64) {
	for log := leastLog; log <= mostLog; log++ {
		class, label := "grid", fmt.Sprintf("%d×", 1<<max(log, 0))
		if log < 0 {
			label = fmt.Sprintf("1/%d", 1<<-log)
		}
		if log == 0 {
			class = "one"
		}
		at := x(math.Exp2(float64(log)))
		fmt.Fprintf(b, `<line class="%s" x1="%.1f" x2="%.1f" y1="%d" y2="%.1f"/>`+"\n", class, at, at, top-8, bottom)
		text(b, at, top-14, "small", "middle", label)
	}
}

func bar(b *strings.Builder, class string, ratio, y float64) {
	from, to := min(x(ratio), x(1)), max(x(ratio), x(1))
	fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%d" rx="2"/>`+"\n", class, from, y, max(to-from, 1), barHeight)
}

func text(b *strings.Builder, x, y float64, class, anchor, s string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">`, x, y, class, anchor)
	_ = xml.EscapeText(b, []byte(s)) // a Builder takes everything
	b.WriteString("</text>\n")
}
