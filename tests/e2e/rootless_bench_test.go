//go:build linux

package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// side is a podman of BenchmarkRootless.
type side struct {
	name string
	kind podman.Kind
	user bool
}

var sides = []side{{"plain, user", podman.Plain, true}, {"ours, user", podman.Ours, true}, {"ours, root", podman.Ours, false}}

// figures are samples by measure and side.
type figures struct {
	measures []string // in their order
	samples  map[string]map[string][]float64
}

func (f *figures) add(measure string, s side, value float64) {
	if f.samples[measure] == nil {
		f.measures = append(f.measures, measure)
		f.samples[measure] = map[string][]float64{}
	}
	f.samples[measure][s.name] = append(f.samples[measure][s.name], value)
}

// median returns the median of the samples, and false without any.
func (f *figures) median(measure string, s side) (float64, bool) {
	list := slices.Sorted(slices.Values(f.samples[measure][s.name]))
	if len(list) == 0 {
		return 0, false
	}
	return list[len(list)/2], true
}

// table returns medians, and the ratio of ours to plain of a user.
func (f *figures) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "| measure |")
	for _, s := range sides {
		fmt.Fprintf(w, "\t %s |", s.name)
	}
	fmt.Fprintf(w, "\t ours / plain, user |\n")
	for _, m := range f.measures {
		fmt.Fprintf(w, "| %s |", m)
		for _, s := range sides {
			if v, ok := f.median(m, s); ok {
				fmt.Fprintf(w, "\t %.4g |", v)
			} else {
				fmt.Fprintf(w, "\t – |")
			}
		}
		plain, _ := f.median(m, sides[0])
		ours, ok := f.median(m, sides[1])
		if ok && plain > 0 {
			fmt.Fprintf(w, "\t %.3f |\n", ours/plain)
		} else {
			fmt.Fprintf(w, "\t – |\n")
		}
	}
	_ = w.Flush() // to memory
	return b.String()
}

// BenchmarkRootless compares our driver for a user with plain overlay for a user, and with our driver for
// root. The environment variable COMPOSEFS_BENCH_IMAGE names the image. Times are seconds; CPU time includes
// that of the server.
func BenchmarkRootless(b *testing.B) {
	image := os.Getenv("COMPOSEFS_BENCH_IMAGE")
	if image == "" {
		image = podman.SharedRegistry(b).Push(b, "bench/rootless", podman.Image{Layers: manyFiles(b), Compression: podman.Gzip})
	}
	f := &figures{samples: map[string]map[string][]float64{}}
	for b.Loop() {
		for _, s := range sides {
			store := podman.NewSmallStore(b, 14<<30) // ext4 takes long to find inodes where others were freed
			p := store.Podman(b, s.kind, podman.Options{Rootless: s.user, FUSE: s.user})
			(&sideRun{b, s, p, f}).measure(image)
			for _, command := range [][]string{{"rm", "-af", "-t0"}, {"rmi", "-af"}} {
				p.Run(command...)
			}
		}
	}
	fmt.Print("\n" + f.table()) // the log of a benchmark has ten lines
	plain, _ := f.median("pull, CPU", sides[0])
	ours, _ := f.median("pull, CPU", sides[1])
	b.ReportMetric(ours/plain, "pull-CPU-ratio")
}

// manyFiles are two layers of 10,000 files each, beside one with programs.
func manyFiles(b *testing.B) (layers [][]byte) {
	layers = append(layers, podman.Busybox(b))
	for l := range 2 {
		var entries []layertest.Entry
		for d := range 100 {
			dir := fmt.Sprintf("usr/share/%d-%d", l, d)
			entries = append(entries, layertest.Dir(dir))
			for i := range 100 {
				entries = append(entries, layertest.File(fmt.Sprintf("%s/%d", dir, i), strings.Repeat(fmt.Sprintf("%d %d %d\n", l, d, i), 500)))
			}
		}
		layers = append(layers, layertest.Tar(append([]layertest.Entry{layertest.Dir("usr"), layertest.Dir("usr/share")}, entries...)...))
	}
	return layers
}

// sideRun measures one side.
type sideRun struct {
	b *testing.B
	side
	p *podman.Podman
	f *figures
}

// operations are what containers do, each in a new one.
var benchOperations = []struct{ name, script string }{
	{"find", "find / -xdev >/dev/null; times; find / -xdev >/dev/null; times"},
	{"stat of all files", "find / -xdev -size +100000000 >/dev/null; times; find / -xdev -size +100000000 >/dev/null; times"},
	{"read all files", "find / -xdev -type f -exec cat {} + >/dev/null; times; find / -xdev -type f -exec cat {} + >/dev/null; times"},
	{"20,000 failed lookups", "i=0; while [ $i -lt 20000 ]; do [ -e /usr/$i.none ]; i=$((i+1)); done; times; i=0; while [ $i -lt 20000 ]; do [ -e /usr/$i.none ]; i=$((i+1)); done; times"},
}

// measure does everything once.
func (r *sideRun) measure(image string) {
	wall, cpu, _ := r.run("pull", "-q", image)
	r.f.add("pull, wall", r.side, wall)
	r.f.add("pull, CPU", r.side, cpu)
	disk := r.disk()
	r.f.add("disk, MB", r.side, disk)
	wall, _, _ = r.run("run", "--rm", "--network=none", image, "true")
	r.f.add("run true, first", r.side, wall)
	r.run("run", "-d", "--name=box", "--network=none", image, "sleep", "10000") // keeps the server
	var later []float64
	for range 9 {
		wall, _, _ := r.run("run", "--rm", "--network=none", image, "true")
		later = append(later, wall)
	}
	slices.Sort(later)
	r.f.add("run true, later", r.side, later[len(later)/2])
	for _, o := range benchOperations {
		before := r.server()
		_, _, out := r.run("run", "--rm", "--network=none", image, "sh", "-c", o.script)
		first, again := r.times(out)
		r.f.add(o.name+", CPU", r.side, first+r.server()-before)
		r.f.add(o.name+" again, CPU", r.side, again)
	}
	for i := range 20 {
		r.run("run", "-d", "--network=none", fmt.Sprintf("--name=many-%d", i), image, "sleep", "10000")
	}
	if list, err := holder.List(r.p.Store.Dir); err == nil && len(list) > 0 {
		r.f.add("server and holder with 21 containers, MB", r.side, float64(list[0].Memory)/1e6)
	}
	if r.user {
		wall, cpu, _ := r.run("run", "--rm", "--network=none", "--userns=keep-id", image, "true")
		r.f.add("run true, keep-id, first, wall", r.side, wall)
		r.f.add("run true, keep-id, first, CPU", r.side, cpu)
		r.f.add("keep-id, more disk, MB", r.side, r.disk()-disk)
	}
}

// run runs podman, and returns seconds of wall and CPU time.
func (r *sideRun) run(args ...string) (wall, cpu float64, out string) {
	r.b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := r.p.Command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		r.b.Fatalf("%s: %q: %v: %s", r.name, args, err, &stderr)
	}
	wall = time.Since(start).Seconds()
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return wall, time.Duration(used.Utime.Nano() + used.Stime.Nano()).Seconds(), stdout.String()
}

// times returns the CPU time of both halves of a script, from the output of its two commands "times".
func (r *sideRun) times(out string) (first, second float64) {
	var sums []float64
	for line := range strings.Lines(out) {
		var sum float64
		for _, word := range strings.Fields(line) {
			d, err := time.ParseDuration(word)
			if err != nil {
				r.b.Fatalf("%s: times printed %q", r.name, out)
			}
			sum += d.Seconds()
		}
		sums = append(sums, sum)
	}
	if len(sums) != 4 { // of the shell, and of its children
		r.b.Fatalf("%s: times printed %q", r.name, out)
	}
	return sums[0] + sums[1], sums[2] + sums[3] - sums[0] - sums[1]
}

// server returns the CPU time of the processes that serve images, in seconds.
func (r *sideRun) server() (seconds float64) {
	list, err := holder.List(r.p.Store.Dir)
	if err != nil {
		r.b.Fatal(err)
	}
	for _, x := range list {
		for _, pid := range []int{x.Holder, x.Server} {
			text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
			if err != nil {
				continue
			}
			fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
			for _, ticks := range fields[11:13] { // utime and stime of proc_pid_stat(5)
				n, _ := strconv.ParseFloat(ticks, 64)
				seconds += n / 100
			}
		}
	}
	return seconds
}

// disk returns the size of the store in MB.
func (r *sideRun) disk() float64 {
	syscall.Sync()
	out, err := exec.Command("du", "-s", "-x", "-B1", r.p.Store.Root).Output()
	if err != nil {
		r.b.Fatal(err)
	}
	n, err := strconv.ParseFloat(strings.Fields(string(out))[0], 64)
	if err != nil {
		r.b.Fatal(err)
	}
	return n / 1e6
}
