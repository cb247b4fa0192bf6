package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// conversion is where and with what layers are converted.
type conversion struct {
	dir, program string
}

// newConversion returns what hack/bench-convert.sh has set up.
func newConversion(b *testing.B) conversion {
	b.Helper()
	c := conversion{os.Getenv("COMPOSEFS_BENCH_DIR"), os.Getenv("COMPOSEFS_BENCH_PROGRAM")}
	if c.dir == "" || c.program == "" {
		b.Skip("hack/bench-convert.sh names the directory and the program")
	}
	return c
}

// fresh makes an empty directory for the results of a run and lets the disk come to
// rest. Results are removed when the benchmark ends, not between runs: ext4 looks
// for inodes that were not freed in the last minutes, which costs more than
// everything that is measured here.
func (c conversion) fresh(b *testing.B, name string) string {
	b.Helper()
	dir, err := os.MkdirTemp(c.dir, name+"-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			b.Error(err)
		}
	})
	syscall.Sync()
	return dir
}

// saved is what convert-layer --json prints of its work.
type saved struct{ Files, Objects, NewObjects, Bytes, SavedBytes int64 }

// convert converts each tar in a process of its own, all into one pool, and returns
// their usage together and the paths of the images.
func (c conversion) convert(b *testing.B, dir string, tars []string) (sum usage, total saved, images []string) {
	b.Helper()
	for i, path := range tars {
		image := fmt.Sprintf("image-%d", i)
		u := measureProcess(b, dir, "", c.program, "convert-layer", path, "--json",
			"--pool", "pool", "--image", image, "--diff", fmt.Sprintf("diff-%d", i))
		var s saved
		if err := json.Unmarshal(u.Output, &s); err != nil {
			b.Fatal(err)
		}
		sum = usage{sum.Wall + u.Wall, sum.CPU + u.CPU, max(sum.Peak, u.Peak), nil}
		total = saved{total.Files + s.Files, total.Objects + s.Objects, total.NewObjects + s.NewObjects,
			total.Bytes + s.Bytes, total.SavedBytes + s.SavedBytes}
		images = append(images, filepath.Join(dir, image))
	}
	return sum, total, images
}

// report reports the deduplicated contents.
func (s saved) report(b *testing.B) {
	b.ReportMetric(float64(s.Files), "files")
	b.ReportMetric(float64(s.NewObjects), "objects")
	b.ReportMetric(float64(s.Bytes)/1e6, "content-MB")
	b.ReportMetric(100*float64(s.SavedBytes)/float64(s.Bytes), "saved-%")
}

// BenchmarkConvert compares converting an image of 2 GB, layer by layer, with the
// bare cost of storing its contents, in turn. Then it merges the layers.
func BenchmarkConvert(b *testing.B) {
	c := newConversion(b)
	tars := distribution.make(b, c.dir)
	var ours, theirs, merges []usage
	var total saved
	for b.Loop() {
		var u usage
		var images []string
		u, total, images = c.convert(b, c.fresh(b, "ours"), tars)
		ours = append(ours, u)
		args := append([]string{c.program, "merge", "--image", "merged"}, images...)
		merges = append(merges, measureProcess(b, filepath.Dir(images[0]), "", args...))
		dir := c.fresh(b, bare)
		theirs = append(theirs, measureProcess(b, dir, bare, append([]string{os.Args[0], dir}, tars...)...))
	}
	total.report(b)
	reportMedians(b, "merge-", merges)
	reportRatios(b, bare, ours, theirs)
}

// BenchmarkConvertMillion converts a layer of a million small files with few
// contents, so that memory and not the disk is what matters.
func BenchmarkConvertMillion(b *testing.B) {
	c := newConversion(b)
	tars := million.make(b, c.dir)
	var runs []usage
	var total saved
	for b.Loop() {
		var u usage
		u, total, _ = c.convert(b, c.fresh(b, "million-out"), tars)
		runs = append(runs, u)
	}
	total.report(b)
	reportMedians(b, "", runs)
}
