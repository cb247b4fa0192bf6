package report

import (
	"encoding/xml"
	"io"
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

// TestSVG checks that the chart is XML, with a bar for each ratio.
func TestSVG(t *testing.T) {
	got := results().SVG("plain", "stock", []Aim{{"pull, wall", "plain", 0.5}}, []string{"disk <&>"})
	bars := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // an error that wraps it is no end
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "class" && (e.Name.Local == "rect" || a.Value == "aim") {
					bars[a.Value]++
				}
			}
		}
	}
	// One of each is in the legend.
	for class, want := range map[string]int{"ours": 2, "worse": 2, "other": 2, "aim": 2} {
		if bars[class] != want {
			t.Errorf("%d elements of class %q, want %d", bars[class], class, want)
		}
	}
}
