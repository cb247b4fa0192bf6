// Package report makes tables and a chart of measurements.
package report

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Results are the measurements of a run.
type Results struct {
	Machine  []Fact
	Rounds   int
	Kinds    []string // the compared kinds; the last is ours
	Floor    string   // the kind that does the least, and is in some measures only
	Measures []*Measure
}

// Fact is something about the machine or the images.
type Fact struct{ Name, Value string }

// Unit is the unit of a measure.
type Unit string

// The units.
const (
	Seconds Unit = "s"
	Bytes   Unit = "B"
	Count   Unit = ""
)

// Measure is the samples of something, of each kind.
type Measure struct {
	Name    string
	Unit    Unit
	Samples map[string][]float64
}

// Add adds a sample. Measures have the order in which they first come.
func (r *Results) Add(name string, unit Unit, kind string, value float64) {
	m := r.measure(name)
	if m == nil {
		m = &Measure{Name: name, Unit: unit, Samples: map[string][]float64{}}
		r.Measures = append(r.Measures, m)
	}
	m.Samples[kind] = append(m.Samples[kind], value)
}

func (r *Results) measure(name string) *Measure {
	i := slices.IndexFunc(r.Measures, func(m *Measure) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return r.Measures[i]
}

// Describe adds a fact, once.
func (r *Results) Describe(name, value string) {
	if f := (Fact{name, value}); !slices.Contains(r.Machine, f) {
		r.Machine = append(r.Machine, f)
	}
}

// JSON returns all samples.
func (r *Results) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "\t") }

// ours is the kind that the others are compared with.
func (r *Results) ours() string { return r.Kinds[len(r.Kinds)-1] }

// Median returns the middle one of values, and the mean of the two of an even number.
// Of none it returns false.
func Median(values []float64) (float64, bool) {
	n := len(values)
	if n == 0 {
		return 0, false
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(n-1)/2] + v[n/2]) / 2, true
}

// Ratio returns the median of one kind in terms of that of another.
func (m *Measure) Ratio(of, against string) (float64, bool) {
	a, ok := Median(m.Samples[of])
	b, ok2 := Median(m.Samples[against])
	if !ok || !ok2 || b == 0 {
		return 0, false
	}
	return a / b, true
}

// format spells a value.
func (u Unit) format(v float64) string {
	switch {
	case u == Bytes && v >= 1e8:
		return fmt.Sprintf("%.0f MB", v/1e6)
	case u == Bytes:
		return fmt.Sprintf("%.1f MB", v/1e6)
	case u == Seconds && v < 1:
		return fmt.Sprintf("%.0f ms", v*1e3)
	case u == Seconds && v >= 100:
		return fmt.Sprintf("%.0f s", v)
	case u == Seconds:
		return fmt.Sprintf("%.1f s", v)
	}
	return fmt.Sprintf("%.0f", v)
}
