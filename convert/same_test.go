package convert_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestSameBytes converts and merges repeatedly, with several numbers of processors.
func TestSameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range layertest.Ugly() {
		if c.Err != "" {
			continue
		}
		var want [][]byte
		for _, processors := range []int{1, 2, 8, 8} {
			runtime.GOMAXPROCS(processors)
			got, err := convertAll(t, new(layertest.Contents), c.Layers, 0)
			if err != nil {
				t.Fatal(err)
			}
			sources := sourcesOf(t, got)
			for _, asSegment := range []bool{false, true} {
				var image bytes.Buffer
				if _, err := convert.Merge(t.Context(), sources, &image, convert.MergeOptions{Segment: asSegment}); err != nil {
					t.Fatal(err)
				}
				got = append(got, image.Bytes())
			}
			if want == nil {
				want = got
			}
			for i := range want {
				if !bytes.Equal(want[i], got[i]) {
					t.Errorf("%s: image %d has other bytes with %d processors", c.Name, i+1, processors)
				}
			}
		}
	}
}
