package report

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// The geometry of the chart, in pixels.
const (
	barHeight   = 11
	rowGap      = 10 // below the bars of a row
	plotWidth   = 440
	top         = 84
	rightMargin = 76
	charWidth   = 7 // of a label, at most on average
)

// The scale has ratios from 1/64 to 4. A bar beyond it ends in an arrow and has its ratio beside it.
const (
	leastLog = -6
	mostLog  = 2
)

const style = `text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 17px; font-weight: 600 } .small { font-size: 11px; fill: #656d76 }
.grid { stroke: #d0d7de } .one { stroke: #1f2328; stroke-width: 1.5 }
.ours { fill: #1a7f37 } .worse { fill: #bc4c00 }
.other0 { fill: #afb8c1 } .other1 { fill: #80ccff } .other2 { fill: #0969da }
.aim { stroke: #8250df; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .small { fill: #8d96a0 } .grid { stroke: #30363d } .one { stroke: #e6edf3 }
.ours { fill: #3fb950 } .worse { fill: #f0883e } .aim { stroke: #bc8cff }
.other0 { fill: #484f58 } .other1 { fill: #1f4f86 } .other2 { fill: #58a6ff } }`

// Chart selects what a chart of ratios shows.
type Chart struct {
	Against string   // the kind that is 1
	Others  []string // kinds that are shown beside ours, at most three
	Aims    []Aim    // those against Against are drawn
	Rows    []Row
}

// Row is a measure in a chart.
type Row struct {
	Measure string
	Label   string // "" for the measure's name
}

// SVG returns a chart of the ratios of ours and of other kinds to the kind that is 1, on a
// logarithmic scale. Rows of measures without samples are left out.
func (r *Results) SVG(c Chart) string {
	d := &drawing{Chart: c, ours: r.ours(), labels: labelsWidth(c.Rows)}
	d.y = top
	var rows strings.Builder
	for _, row := range c.Rows {
		if m := r.measure(row.Measure); m != nil {
			d.row(&rows, row, m)
		}
	}
	var b strings.Builder
	width, height := d.labels+plotWidth+rightMargin, d.y+24
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img">`+"\n<style>%s</style>\n",
		width, height, width, height, style)
	title := "Compared with " + c.Against + " overlay"
	if d.rows < len(r.Measures) {
		title += ", selected measures"
	}
	text(&b, 16, 26, "title", "start", title)
	d.legend(&b)
	d.grid(&b)
	b.WriteString(rows.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// drawing is a chart that is being drawn.
type drawing struct {
	Chart
	ours   string
	labels float64 // width of the labels
	y      float64 // top of the next row
	rows   int     // number of rows so far
}

// labelsWidth returns the room that the longest label needs.
func labelsWidth(rows []Row) float64 {
	longest := 0
	for _, row := range rows {
		longest = max(longest, len([]rune(row.label())))
	}
	return float64(28 + charWidth*longest)
}

func (row Row) label() string {
	if row.Label == "" {
		return row.Measure
	}
	return row.Label
}

// x returns the place of a ratio, at most the end of the scale.
func (d *drawing) x(ratio float64) float64 {
	log := min(max(math.Log2(ratio), leastLog), mostLog)
	return d.labels + (log-leastLog)/(mostLog-leastLog)*plotWidth
}

// row draws the bars of a measure that has samples of ours and of the kind that is 1.
func (d *drawing) row(b *strings.Builder, row Row, m *Measure) {
	v, ok := m.Ratio(d.ours, d.Against)
	if !ok {
		return
	}
	class, aim := "ours", d.aim(m.Name)
	if v > 1 {
		class = "worse"
	}
	text(b, d.labels-12, d.y+15, "", "end", row.label())
	end := d.bar(b, class, v, d.y)
	if aim > 0 {
		at := d.x(aim)
		fmt.Fprintf(b, `<line class="aim" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`+"\n", at, at, d.y-3, d.y+barHeight+3)
		end = max(end, at)
	}
	text(b, end+6, d.y+10, "", "start", ratio(v)+"×")
	d.y += barHeight + 1
	for i, kind := range d.Others {
		o, ok := m.Ratio(kind, d.Against)
		if !ok {
			continue
		}
		end := d.bar(b, otherClass(i), o, d.y)
		d.y += barHeight + 1
		if beyond(o) {
			text(b, end+6, d.y-1, "small", "start", ratio(o)+"×")
		}
	}
	d.y += rowGap
	d.rows++
}

func otherClass(i int) string { return fmt.Sprint("other", i) }

// aim returns the aim of a measure, or 0.
func (d *drawing) aim(measure string) float64 {
	for _, a := range d.Aims {
		if a.Against == d.Against && a.Measure == measure {
			return a.Most
		}
	}
	return 0
}

// beyond reports whether a ratio is outside of the scale.
func beyond(ratio float64) bool {
	return math.Abs(math.Log2(ratio)-(leastLog+mostLog)/2) > (mostLog-leastLog)/2
}

// bar draws the bar of a ratio, and an arrow if the scale cuts it. It returns the place where the bar
// and the line of 1 both have ended.
func (d *drawing) bar(b *strings.Builder, class string, ratio, y float64) (end float64) {
	from, to := min(d.x(ratio), d.x(1)), max(d.x(ratio), d.x(1))
	fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%d" rx="2"/>`+"\n", class, from, y, max(to-from, 1), barHeight)
	if !beyond(ratio) {
		return to
	}
	at, tip := to, 8.0
	if ratio < 1 {
		at, tip = from, -8
	}
	fmt.Fprintf(b, `<path class="%s" d="M%.1f %.1fl%.0f %.1fl%.0f %.1fz"/>`+"\n", class, at, y, tip, barHeight/2.0, -tip, barHeight/2.0)
	return max(to, at+tip)
}

func (d *drawing) legend(b *strings.Builder) {
	at := 16.0
	entries := [][2]string{{"ours", d.ours}, {"worse", d.ours + ", worse"}}
	for i, kind := range d.Others {
		entries = append(entries, [2]string{otherClass(i), kind})
	}
	for _, e := range entries {
		fmt.Fprintf(b, `<rect class="%s" x="%.0f" y="40" width="11" height="11" rx="2"/>`+"\n", e[0], at)
		text(b, at+17, 50, "small", "start", e[1])
		at += 17 + float64(len(e[1]))*6 + 20
	}
	if len(d.Aims) > 0 {
		fmt.Fprintf(b, `<line class="aim" x1="%.0f" x2="%.0f" y1="38" y2="53"/>`+"\n", at+4, at+4)
		text(b, at+14, 50, "small", "start", "aim")
	}
	text(b, d.x(math.Exp2(mostLog)), 26, "small", "end", "lower is better, log scale")
}

// grid draws a line at each power of two.
func (d *drawing) grid(b *strings.Builder) {
	for log := leastLog; log <= mostLog; log++ {
		class, label := "grid", fmt.Sprintf("%d×", 1<<max(log, 0))
		if log < 0 {
			label = fmt.Sprintf("1/%d", 1<<-log)
		}
		if log == 0 {
			class = "one"
		}
		at := d.x(math.Exp2(float64(log)))
		fmt.Fprintf(b, `<line class="%s" x1="%.1f" x2="%.1f" y1="%d" y2="%.1f"/>`+"\n", class, at, at, top-8, d.y)
		text(b, at, top-14, "small", "middle", label)
	}
}

func text(b *strings.Builder, x, y float64, class, anchor, s string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">`, x, y, class, anchor)
	_ = xml.EscapeText(b, []byte(s)) // a Builder takes everything
	b.WriteString("</text>\n")
}
