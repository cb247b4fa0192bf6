package report

import (
	"fmt"
	"slices"
	"strings"
)

// Aim is the largest ratio of the medians of ours and another kind that we accept.
type Aim struct {
	Measure, Against string
	Most             float64
}

// ratio spells a ratio with three digits, but no more than three after the point.
func ratio(v float64) string {
	switch {
	case v < 0.001:
		return "< 0.001"
	case v < 1:
		return fmt.Sprintf("%.3f", v)
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

// Markdown returns the tables.
func (r *Results) Markdown(aims []Aim) string {
	var b strings.Builder
	for _, f := range r.Machine {
		fmt.Fprintf(&b, "* %s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "* rounds: %d\n\nAims, as ratios of medians:\n\n", r.Rounds)
	r.aims(&b, aims)
	b.WriteString("\nMedians. A ratio below 1 is ours being better.\n\n")
	r.medians(&b)
	b.WriteString("\nNoise: minimum – median – maximum.\n\n")
	r.noise(&b)
	return b.String()
}

func row(b *strings.Builder, cells ...string) {
	fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
}

func head(b *strings.Builder, left int, cells ...string) {
	row(b, cells...)
	rule := slices.Repeat([]string{"---"}, left)
	row(b, append(rule, slices.Repeat([]string{"--:"}, len(cells)-left)...)...)
}

func (r *Results) aims(b *strings.Builder, aims []Aim) {
	head(b, 2, "measure", "against", "aim", "ratio", "")
	for _, a := range aims {
		got, verdict := "", "not measured"
		if m := r.measure(a.Measure); m != nil {
			if v, ok := m.Ratio(r.ours(), a.Against); ok {
				got, verdict = ratio(v), "ok"
				if v > a.Most {
					verdict = "**missed**"
				}
			}
		}
		row(b, a.Measure, a.Against, fmt.Sprintf("≤ %g", a.Most), got, verdict)
	}
}

// shown returns the kinds that have samples.
func (r *Results) shown() (kinds []string) {
	for _, k := range append(slices.Clone(r.Kinds), r.Floor) {
		if slices.ContainsFunc(r.Measures, func(m *Measure) bool { return len(m.Samples[k]) > 0 }) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (r *Results) medians(b *strings.Builder) {
	kinds := r.shown()
	titles := append([]string{"measure"}, kinds...)
	for _, k := range kinds {
		if k != r.ours() {
			titles = append(titles, r.ours()+" / "+k)
		}
	}
	head(b, 1, titles...)
	for _, m := range r.Measures {
		cells := []string{m.Name}
		for _, k := range kinds {
			cell := ""
			if v, ok := Median(m.Samples[k]); ok {
				cell = m.Unit.format(v)
			}
			cells = append(cells, cell)
		}
		for _, k := range kinds {
			if k == r.ours() {
				continue
			}
			cell := ""
			if v, ok := m.Ratio(r.ours(), k); ok {
				cell = ratio(v)
			}
			cells = append(cells, cell)
		}
		row(b, cells...)
	}
}

func (r *Results) noise(b *strings.Builder) {
	kinds := r.shown()
	head(b, 1, append([]string{"measure"}, kinds...)...)
	for _, m := range r.Measures {
		cells := []string{m.Name}
		for _, k := range kinds {
			cell := ""
			if v, ok := Median(m.Samples[k]); ok {
				cell = m.Unit.format(slices.Min(m.Samples[k])) + " – " + m.Unit.format(v) + " – " + m.Unit.format(slices.Max(m.Samples[k]))
			}
			cells = append(cells, cell)
		}
		row(b, cells...)
	}
}
