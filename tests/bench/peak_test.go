package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// operations are what BenchmarkPeak runs in a process of its own, on files named
// dump and image in the working directory.
var operations = map[string]func() error{
	"nothing":     func() error { return nil },
	"dump-tree":   func() error { _, err := parseFile(); return err },
	"dump-image":  func() error { return writeImage(parseFile()) },
	"image-tree":  func() error { _, err := loadFile(); return err },
	"image-image": func() error { return writeImage(loadFile()) },
	"image-walk": func() error {
		return withFile(func(m *erofs.Image) error {
			return m.Walk(func(string, uint64, *tree.Inode) error { return nil })
		})
	},
}

func parseFile() (*tree.Tree, error) {
	f, err := os.Open("dump")
	if err != nil {
		return nil, err
	}
	return dump.Parse(f, dump.Lenient)
}

func withFile(fn func(*erofs.Image) error) error {
	f, err := os.Open("image")
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	m, err := erofs.Open(f, info.Size())
	if err != nil {
		return err
	}
	return fn(m)
}

func loadFile() (t *tree.Tree, err error) {
	err = withFile(func(m *erofs.Image) error {
		t, err = m.Tree()
		return err
	})
	return t, err
}

func writeImage(t *tree.Tree, err error) error {
	if err != nil {
		return err
	}
	_, err = erofs.Write(io.Discard, t, erofs.Options{})
	return err
}

const operationVariable = "COMPOSEFS_BENCH_OPERATION"

// launcher is the operation of running the command in the arguments and printing
// its usage. Linux counts the memory of the process that starts a program into
// that program's peak, so it must be a small one.
const launcher = "launch"

func TestMain(m *testing.M) {
	name := os.Getenv(operationVariable)
	var err error
	switch name {
	case "":
		os.Exit(m.Run())
	case launcher:
		err = launch(os.Args[1], os.Args[2:])
	case bare:
		err = runBare(os.Args[1], os.Args[2:])
	default:
		err = operations[name]()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func launch(operation string, command []string) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), operationVariable+"="+operation)
	cmd.Stderr = os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	r := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	u := usage{time.Since(start), time.Duration(r.Utime.Nano() + r.Stime.Nano()), r.Maxrss << 10, out.Bytes()}
	return json.NewEncoder(os.Stdout).Encode(u)
}

// inputFiles writes the generated dump and its image to a directory.
func inputFiles(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	_, text, image := input(b)
	for name, content := range map[string][]byte{"dump": text, "image": image} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// usage are the resources that a process used.
type usage struct {
	Wall, CPU time.Duration
	Peak      int64 // resident, bytes
	Output    []byte
}

// measureProcess runs a command in a directory; operation is for our own.
func measureProcess(b *testing.B, dir, operation string, command ...string) (u usage) {
	b.Helper()
	cmd := exec.Command(os.Args[0], append([]string{operation}, command...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), operationVariable+"="+launcher)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &u)
	}
	if err != nil {
		b.Fatalf("%v: %v\n%s", command, err, &stderr)
	}
	return u
}

// BenchmarkPeak runs each operation in a process of its own and reports its peak
// memory; "nothing" is the memory of the process without any work.
func BenchmarkPeak(b *testing.B) {
	dir := inputFiles(b)
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range operations {
			if !yield(name) {
				return
			}
		}
	}) {
		b.Run(name, func(b *testing.B) {
			var peak int64
			for b.Loop() {
				peak = max(peak, measureProcess(b, dir, name, os.Args[0]).Peak)
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		})
	}
}

// BenchmarkMkcomposefs compares whole runs of our mkcomposefs (the program named by
// COMPOSEFS_BENCH_OURS) with the C one (COMPOSEFS_BENCH_THEIRS) in turn, and
// reports the ratios of medians: below 1 ours is better.
func BenchmarkMkcomposefs(b *testing.B) {
	ours, theirs := os.Getenv("COMPOSEFS_BENCH_OURS"), os.Getenv("COMPOSEFS_BENCH_THEIRS")
	if ours == "" || theirs == "" {
		b.Skip("hack/bench-image.sh names the programs to compare")
	}
	dir := inputFiles(b)
	var all [2][]usage
	for b.Loop() {
		for i, program := range []string{ours, theirs} {
			image := fmt.Sprintf("image-%d", i)
			all[i] = append(all[i], measureProcess(b, dir, "", program, "--from-file", "dump", image))
		}
	}
	one, err := os.ReadFile(filepath.Join(dir, "image-0"))
	if err != nil {
		b.Fatal(err)
	}
	if two, err := os.ReadFile(filepath.Join(dir, "image-1")); err != nil || !bytes.Equal(one, two) {
		b.Fatalf("the images differ (%v)", err)
	}
	reportRatios(b, "C", all[0], all[1])
}

// reportRatios reports the medians of our runs and of those of another program, and
// their ratios.
func reportRatios(b *testing.B, other string, ours, theirs []usage) {
	b.Helper()
	for name, value := range measured {
		o, t := median(ours, value), median(theirs, value)
		b.ReportMetric(o, "ours-"+name)
		b.ReportMetric(t, other+"-"+name)
		what, _, _ := strings.Cut(name, "-")
		b.ReportMetric(o/t, what+"-ratio")
	}
}

// measured are the reported figures of runs.
var measured = map[string]func(usage) float64{
	"wall-s":  func(u usage) float64 { return u.Wall.Seconds() },
	"cpu-s":   func(u usage) float64 { return u.CPU.Seconds() },
	"peak-MB": func(u usage) float64 { return float64(u.Peak) / (1 << 20) },
}

// reportMedians reports the medians of runs.
func reportMedians(b *testing.B, prefix string, runs []usage) {
	b.Helper()
	for name, value := range measured {
		b.ReportMetric(median(runs, value), prefix+name)
	}
}

func median(all []usage, value func(usage) float64) float64 {
	values := make([]float64, len(all))
	for i, u := range all {
		values[i] = value(u)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
