//go:build linux

package driver_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// TestSync loads a layer and counts the syncs. The option sync = "filesystem" makes the store sync once
// more for a layer of ours too, before it records the layer.
func TestSync(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		layer := layertest.Tar(layertest.File("file", strings.Repeat("file ", 100)))
		for _, tc := range []struct {
			driver, mode string
			want         int
		}{{"overlay", "none", 0}, {"overlay", "filesystem", 1}, {ourName, "none", 1}, {ourName, "filesystem", 2}} {
			d := newDirs(t)
			s := openServed(t, d, tc.driver, "overlay.sync="+tc.mode)
			counts := map[trace.Op]int{}
			var recorded, synced int // the number of the last change of its kind
			changes, _ := tracer.Do(d.root(), trace.Fault{}, func() {
				_, _, err := s.PutLayer("", "", nil, "", false, nil, bytes.NewReader(layer))
				must(t, err)
			})
			for i, c := range changes {
				counts[c.Op]++
				switch {
				case c.Op == trace.Syncfs:
					synced = i
				case strings.Contains(fmt.Sprint(c), "layers.json"):
					recorded = i
				}
			}
			if counts[trace.Syncfs] != tc.want || tc.want > 0 && synced > recorded {
				t.Errorf("%s, sync = %s: %v, the last syncfs is change %d, the last record %d", tc.driver, tc.mode, counts, synced, recorded)
			}
			t.Logf("%s, sync = %s: syncfs %d, fsync %d", tc.driver, tc.mode, counts[trace.Syncfs], counts[trace.Sync])
		}
	})
}
