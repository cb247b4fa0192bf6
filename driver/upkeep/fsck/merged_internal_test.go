package fsck

import (
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// TestNamedByLayers checks for which merged images the check of the layers covers all objects, so that
// the names in the image are not read.
func TestNamedByLayers(t *testing.T) {
	pool, other := &poolCheck{}, &poolCheck{}
	for name, tc := range map[string]struct {
		upper       *layer // nil if it is not checked
		sealed      bool   // the merged image
		want, lower bool   // lower: the image of the lower layer is sealed
	}{
		"two layers":               {upper: &layer{kind: survey.Composefs, pool: pool}, want: true},
		"sealed":                   {upper: &layer{kind: survey.Composefs, pool: pool, sealed: true}, sealed: true, lower: true, want: true},
		"sealed layers only":       {upper: &layer{kind: survey.Composefs, pool: pool, sealed: true}, lower: true, want: true},
		"one layer is not sealed":  {upper: &layer{kind: survey.Composefs, pool: pool, sealed: true}, sealed: true},
		"a layer of another pool":  {upper: &layer{kind: survey.Composefs, pool: other}},
		"written by stock storage": {upper: &layer{kind: survey.Stock, pool: pool}},
		"a layer is not checked":   {},
	} {
		t.Run(name, func(t *testing.T) {
			c := &checker{byID: map[string]*layer{"lower": {kind: survey.Composefs, pool: pool, sealed: tc.lower}}}
			if tc.upper != nil {
				c.byID["upper"] = tc.upper
			}
			m := &merged{pool: pool, segment: chain.Segment{Layers: []chain.Layer{{ID: "upper"}, {ID: "lower"}}}}
			if got := c.namedByLayers(m, tc.sealed); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}
