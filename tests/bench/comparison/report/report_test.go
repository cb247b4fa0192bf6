package report

import (
	"encoding/xml"
	"strings"
	"testing"
)

func results() *Results {
	r := &Results{Rounds: 3, Kinds: []string{"plain", "stock", "ours"}, Floor: "floor"}
	r.Describe("kernel", "Linux")
	r.Describe("kernel", "Linux")
	for i, v := range []float64{10, 30, 20} {
		r.Add("pull, wall", Seconds, "plain", v)
		r.Add("pull, wall", Seconds, "stock", 2*v)
		r.Add("pull, wall", Seconds, "ours", v/2)
		r.Add("pull, wall", Seconds, "floor", v/4)
		r.Add("disk <&>", Bytes, "plain", 1e6)
		r.Add("disk <&>", Bytes, "ours", 2e6+float64(i))
	}
	return r
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
		ok     bool
	}{{nil, 0, false}, {[]float64{3}, 3, true}, {[]float64{3, 1}, 2, true}, {[]float64{9, 1, 2}, 2, true}} {
		if got, ok := Median(c.values); got != c.want || ok != c.ok {
			t.Errorf("Median(%v) = %v, %v", c.values, got, ok)
		}
	}
}

func TestMarkdown(t *testing.T) {
	got := results().Markdown([]Aim{
		{"pull, wall", "plain", 0.5}, {"pull, wall", "floor", 1.5}, {"disk <&>", "stock", 1}, {"nothing", "plain", 1},
	})
	for _, want := range []string{
		"* kernel: Linux\n* rounds: 3\n\n",
		"| pull, wall | plain | ≤ 0.5 | 0.500 | ok |",
		"| pull, wall | floor | ≤ 1.5 | 2.00 | **missed** |",
		"| disk <&> | stock | ≤ 1 |  | not measured |",
		"| nothing | plain | ≤ 1 |  | not measured |",
		"| measure | plain | stock | ours | floor | ours / plain | ours / stock | ours / floor |",
		"| pull, wall | 20.0 s | 40.0 s | 10.0 s | 5.0 s | 0.500 | 0.250 | 2.00 |",
		"| disk <&> | 1.0 MB |  | 2.0 MB |  | 2.00 |  |  |",
		"| pull, wall | 10.0 s – 20.0 s – 30.0 s |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}

// chart is a chart as SVG has it.
type chart struct {
	Width float64 `xml:"width,attr"`
	Rects []shape `xml:"rect"`
	Lines []shape `xml:"line"`
	Paths []shape `xml:"path"`
	Texts []struct {
		X      float64 `xml:"x,attr"`
		Anchor string  `xml:"text-anchor,attr"`
		Text   string  `xml:",chardata"`
	} `xml:"text"`
}

type shape struct {
	Class string  `xml:"class,attr"`
	X     float64 `xml:"x1,attr"`
	Y     float64 `xml:"y,attr"`
}

func draw(t *testing.T, c Chart) (got chart) {
	t.Helper()
	if err := xml.Unmarshal([]byte(results().SVG(c)), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// at returns the x of the one text, or fails.
func (c chart) at(t *testing.T, text string) (x float64) {
	t.Helper()
	n := 0
	for _, s := range c.Texts {
		if s.Text == text {
			x = s.X
			n++
		}
	}
	if n != 1 {
		t.Errorf("the chart has the text %q %d times: %+v", text, n, c.Texts)
	}
	return x
}

func count(shapes []shape, class string) (n int) {
	for _, s := range shapes {
		if s.Class == class {
			n++
		}
	}
	return n
}

// TestRatio checks that a small ratio does not look like none.
func TestRatio(t *testing.T) {
	for v, want := range map[float64]string{0.0004: "< 0.001", 0.0044: "0.004", 0.5: "0.500", 1.5: "1.50", 20: "20.0"} {
		if got := ratio(v); got != want {
			t.Errorf("ratio(%v) = %q, want %q", v, got, want)
		}
	}
}

// TestSVG checks that the chart has a bar for each ratio, one below the other, and explains its scale.
func TestSVG(t *testing.T) {
	got := draw(t, Chart{"plain", []string{"stock", "floor"}, []Aim{{"pull, wall", "plain", 0.5}}, []Row{{"pull, wall", ""}, {"disk <&>", ""}, {"nothing", ""}}})
	// The legend has one of each.
	for class, want := range map[string]int{"ours": 2, "worse": 2, "other0": 2, "other1": 2} {
		if n := count(got.Rects, class); n != want {
			t.Errorf("%d bars of class %q, want %d", n, class, want)
		}
	}
	bars := got.Rects[4:]
	for i, bar := range bars[1:] {
		if down := bar.Y - bars[i].Y; down < barHeight || (bar.Class == "worse") != (down > barHeight+1) {
			t.Errorf("bar %+v is %v below %+v", bar, down, bars[i])
		}
	}
	if n := count(got.Lines, "aim"); n != 2 || len(got.Paths) > 0 {
		t.Errorf("%d aims and %d arrows, want 2 and none", n, len(got.Paths))
	}
	got.at(t, "lower is better, log scale")
	got.at(t, "Compared with plain overlay")
}

// TestSVGRoom checks that no text of a row leaves the chart or meets an aim, that a chart states when
// it leaves measures out, and that a bar beyond the scale has an arrow and its ratio.
func TestSVGRoom(t *testing.T) {
	long := "disk of all layers of all images, in bytes, once more than the last"
	got := draw(t, Chart{"plain", []string{"stock"}, []Aim{{"disk <&>", "plain", 3}}, []Row{{"disk <&>", long}}})
	if x := got.at(t, long); x < 6.5*float64(len(long)) {
		t.Errorf("the label begins %.0f pixels left of the chart", 6.5*float64(len(long))-x)
	}
	got.at(t, "Compared with plain overlay, selected measures")
	if x, aim := got.at(t, "2.00×"), got.Lines[len(got.Lines)-1].X; x < aim+4 || got.Lines[len(got.Lines)-1].Class != "aim" {
		t.Errorf("the ratio is at %.0f, the aim at %.0f", x, aim)
	}
	r := results()
	r.Add("memory", Bytes, "plain", 1)
	r.Add("memory", Bytes, "stock", 7.34)
	r.Add("memory", Bytes, "ours", 0.01)
	got = chart{}
	if err := xml.Unmarshal([]byte(r.SVG(Chart{Against: "plain", Others: []string{"stock", "floor"}, Rows: []Row{{"memory", ""}}})), &got); err != nil {
		t.Fatal(err)
	}
	if count(got.Paths, "other0") != 1 || count(got.Paths, "ours") != 1 {
		t.Errorf("arrows %+v, want one for each bar", got.Paths)
	}
	if x := got.at(t, "7.34×"); x+40 > got.Width {
		t.Errorf("the ratio is at %.0f of %.0f", x, got.Width)
	}
}
