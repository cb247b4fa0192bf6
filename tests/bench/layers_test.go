package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// layerSet is a chain of generated layer tars. The same set is the same bytes.
type layerSet struct {
	name  string
	files []int // regular files of each layer, bottom first
	pick  func(*layerWriter) content
}

// content is the content of a file: size pseudo-random bytes.
type content struct {
	seed uint64
	size int64
}

// distribution is shaped like the image of a distribution with things installed: 2 GB
// in 95,000 files, of which a tenth have the content of another one. Half of the
// files are shorter than 4 KiB, a few are longer than 50 MB.
var distribution = layerSet{"distribution", []int{50_000, 20_000, 13_000, 8_000, 4_000}, func(w *layerWriter) content {
	n := len(w.contents)
	size := int64(4096 * math.Exp(1.66*w.NormFloat64()))
	switch {
	case n%14_000 == 7_000:
		size = 50e6 + w.Int64N(50e6)
	case n > 0 && w.IntN(10) == 0:
		return w.contents[w.IntN(n)]
	}
	return content{uint64(n), min(size, 32<<20)}
}}

// million is one layer of a million files, a tenth of them empty, that share 1,000
// contents.
var million = layerSet{"million", []int{1_000_000}, func(w *layerWriter) content {
	if w.IntN(10) == 0 {
		return content{}
	}
	n := w.Uint64N(1000)
	return content{n, 65 + int64(n)*448/1000}
}}

// generatorVersion is to be raised when the tars change.
const generatorVersion = 1

// make returns the paths of the set's tars below dir. They are made once; a file with
// their ingredients is written last.
func (s layerSet) make(b *testing.B, dir string) (paths []string) {
	b.Helper()
	dir = filepath.Join(dir, s.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range s.files {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("layer-%d.tar", i)))
	}
	marker := filepath.Join(dir, "made")
	if made, err := os.ReadFile(marker); err == nil && string(made) == s.mark(paths) {
		return paths
	}
	w := &layerWriter{Rand: rand.New(rand.NewPCG(2026, 1)), pick: s.pick, dirs: []string{"", "etc/", "usr/"}}
	for i, path := range paths {
		if err := w.layer(path, s.files[i]); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(marker, []byte(s.mark(paths)), 0o644); err != nil {
		b.Fatal(err)
	}
	return paths
}

// mark describes the generator and the tars.
func (s layerSet) mark(paths []string) string {
	mark := fmt.Sprintf("version %d, files %v, bytes", generatorVersion, s.files)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			mark += fmt.Sprintf(" %d", info.Size())
		}
	}
	return mark
}
