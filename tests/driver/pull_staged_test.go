//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// staged returns the names in the staging area.
func (d dirs) staged(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(d.pool(), "staging"))
	if !errors.Is(err, os.ErrNotExist) {
		must(t, err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestPullRecords checks that the records of a layer, such as a table of contents, are in memory only
// while containers/storage stores them: from the time when the layer gets its place, until the next does.
func TestPullRecords(t *testing.T) {
	s := newStore(t, kind{})
	var outs [2]graphdriver.DriverWithDifferOutput
	for i := range outs {
		layer := layertest.Tar(layertest.File("f", strings.Repeat("f", 100+i)))
		table, err := differ.TableOf(layer)
		must(t, err)
		outs[i], err = s.stage(&differ.Raw{Blob: layer, Table: table})
		must(t, err)
		if outs[i].BigData != nil {
			t.Errorf("the staged layer %d has its records in memory: %q", i, outs[i].BigData)
		}
	}
	for i, id := range []string{"first", "second"} {
		must(t, s.Create(id, "", nil))
		must(t, s.staging().ApplyDiffFromStagingDirectory(id, "", &outs[i], &graphdriver.ApplyDiffWithDifferOpts{}))
		if got := string(outs[i].BigData["table"]); len(outs[i].BigData) != 1 || got != "of contents" {
			t.Errorf("the layer %s has the records %q", id, outs[i].BigData)
		}
	}
	if outs[0].BigData != nil {
		t.Error("the first layer keeps its records")
	}
	for _, out := range outs {
		must(t, s.discard(out))
	}
}

// TestPullRoot pulls layers with and without an entry for the root. Owner and mode of the root are
// those of plain overlay, in mounts, containers, and the layer's directory.
func TestPullRoot(t *testing.T) {
	p := newPair(t)
	root := layertest.Dir("/") // an entry "./" does not count
	for name, layer := range map[string][]byte{
		"sticky": layertest.Tar(root.Owner(7, 8, 0o1777), layertest.File("f", "f")),
		"setgid": layertest.Tar(root.Owner(7, 8, 0o2755), layertest.File("f", "f")),
		"setuid": layertest.Tar(root.Owner(7, 8, 0o4711)),
		"none":   layertest.Tar(layertest.File("f", "f")),
	} {
		for _, w := range ways {
			id := name + " " + w.name
			must(t, p.pull(t, id, "", w, differ.NewMachine(p.ours.path("run")), layer))
			p.theirs.layer(t, id, "", layer)
			p.compare(t, id, id, times, "ro")
			ours, err := os.Stat(filepath.Join(p.ours.home(), id, "diff"))
			must(t, err)
			theirs, err := os.Stat(filepath.Join(p.theirs.home(), id, "diff"))
			must(t, err)
			if ours.Mode() != theirs.Mode() {
				t.Errorf("%s: the directory has mode %v, stock %v", id, ours.Mode(), theirs.Mode())
			}
			must(t, p.ours.CreateReadWrite("c "+id, id, nil))
			must(t, p.theirs.CreateReadWrite("c "+id, id, nil))
			p.compare(t, "container on "+id, "c "+id, times)
			p.remove(t, id, "c "+id)
		}
	}
}

// TestPullNames pulls a zstd:chunked layer as a whole. Each content also has the name by which the
// stock differ looks for it.
func TestPullNames(t *testing.T) {
	p := newPair(t)
	small, large := strings.Repeat("small ", 100), strings.Repeat("large ", 50_000)
	layer := layertest.Tar(layertest.File("small", small), layertest.File("large", large))
	must(t, p.pull(t, "layer", "", ways[2], differ.NewMachine(p.ours.path("run")), layer))
	for _, content := range []string{small, large} {
		sum := digest.FromString(content).Encoded()
		named, err := os.Stat(filepath.Join(p.ours.home(), "layer", "diff", sum[:2], sum[2:]))
		must(t, err)
		object, err := os.Stat(filepath.Join(p.ours.pool(), "objects", objects.Path(verity.Sum([]byte(content)))))
		must(t, err)
		if !os.SameFile(named, object) {
			t.Errorf("the content of %d bytes is there twice", len(content))
		}
	}
	p.ours.remove(t, "layer")
}

// TestPullTwice has two drivers pull the same layers at a time. The later one finds the layer in its
// place, and removes its own.
func TestPullTwice(t *testing.T) {
	p := newPair(t)
	layer := oddLayer()
	p.theirs.layer(t, "layer", "", layer)
	first, second := p.ours, p.ours.open(t, kind{})
	for _, w := range ways {
		m := differ.NewMachine(first.path("run"))
		var outs [2]struct {
			*store
			target string
			apply  func(id string) error
		}
		for i, s := range []*store{first, second} {
			d, err := w.differ(t, m, layer)
			must(t, err)
			out, err := s.stage(d)
			must(t, err)
			outs[i].target, outs[i].apply = out.Target, func(id string) error { return s.apply(id, "", out) }
		}
		if names := first.staged(t); len(names) != 4 { // each has a directory and an image
			t.Errorf("%s: staged: %v", w.name, names)
		}
		must(t, first.Create("layer", "", nil))
		for i := range outs {
			if err := outs[i].apply("layer"); err != nil {
				t.Errorf("%s: apply %d: %v", w.name, i, err)
			}
			if _, err := os.Lstat(outs[i].target); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: apply %d: the staged layer: %v", w.name, i, err)
			}
		}
		p.compare(t, w.name, "layer", times, "ro")
		if err := outs[1].apply("layer"); err == nil {
			t.Errorf("%s: a placed layer was applied again", w.name)
		}
		first.remove(t, "layer")
		report(t, w.name+": left in the pool", first.objects(t))
	}
}

// TestPullMissing applies a staged layer to a layer that does not exist.
func TestPullMissing(t *testing.T) {
	s := newStore(t, kind{})
	out, err := s.stage(&differ.Raw{Blob: oddLayer()})
	must(t, err)
	if err := s.apply("missing", "", out); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "layer missing") {
		t.Errorf("apply: %v", err)
	}
	report(t, "left in the pool", s.objects(t))
}

// TestPullCleanedUp stages layers and cleans them up. The pool is as before.
func TestPullCleanedUp(t *testing.T) {
	s := newStore(t, kind{})
	m := differ.NewMachine(s.path("run"))
	s.layer(t, "base", "", layertest.Tar(layertest.File("known", strings.Repeat("known ", 100))))
	before := s.objects(t)
	for _, w := range ways {
		d, err := w.differ(t, m, oddLayer())
		must(t, err)
		out, err := s.stage(d)
		must(t, err)
		if len(s.objects(t)) <= len(before)+1 {
			t.Errorf("%s: staged: %v", w.name, s.objects(t))
		}
		must(t, s.discard(out))
		report(t, w.name+": pool", differences(before, s.objects(t)))
		report(t, w.name+": staged", s.staged(t))
	}
	// While another layer is staged, garbage is noted, and collected after that.
	first, err := s.stage(&differ.Raw{Blob: oddLayer()})
	must(t, err)
	second, err := s.stage(&differ.Raw{Blob: layertest.Tar(layertest.File("other", strings.Repeat("other ", 100)))})
	must(t, err)
	must(t, errors.Join(s.discard(second), s.discard(first)))
	report(t, "pool", differences(before, s.objects(t)))
}

// TestPullAbandoned abandons a staged layer and a layer during its download, as a signal does.
// Neither is left, later pulls of the process fail, and the next driver cleans up.
func TestPullAbandoned(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		d := newDirs(t)
		s, err := d.tryOpen(t, kind{})
		must(t, err)
		s.layer(t, "base", "", layertest.Tar(layertest.File("known", strings.Repeat("known ", 100))))
		before := s.objects(t)
		staged, err := s.stage(&differ.Raw{Blob: oddLayer()})
		must(t, err)
		must(t, s.Create("layer", "base", nil))
		loading := &differ.Raw{Blob: oddLayer()}
		var changes []trace.Change
		loading.Fetch = func(offset, length uint64) (io.ReadCloser, bool, error) {
			changes, _ = tracer.Do(s.root(), trace.Fault{}, func() { must(t, driver.Abandon()) })
			report(t, "staged", s.staged(t))
			return loading.Part(offset, length)
		}
		if _, err := s.stage(loading); err == nil || ordinary(err) != nil {
			t.Errorf("download after it was abandoned: %v", err)
		}
		syncedNote(t, changes)
		if err := s.apply("layer", "base", staged); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("apply after it was abandoned: %v", err)
		}
		if _, err := s.stage(&differ.Raw{Blob: oddLayer()}); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("another download: %v", err)
		}
		must(t, s.Cleanup())
		s = d.open(t, kind{})
		s.remove(t, "layer")
		report(t, "pool", differences(before, s.objects(t)))
	})
}

// TestPullMapped pulls layers for a user namespace. The stock driver, which maps owners while it
// unpacks the tar, shows the same owners. An owner without a map is an error.
func TestPullMapped(t *testing.T) {
	p := newPair(t)
	maps := []idtools.IDMap{{HostID: 100000, Size: 1000}}
	mappings := idtools.NewIDMappingsFromMaps(maps, maps)
	opts := &graphdriver.CreateOpts{IDMappings: mappings}
	for _, w := range ways {
		m := differ.NewMachine(p.ours.path("run"))
		pull := func(id string, layer []byte) error {
			d, err := w.differ(t, m, layer)
			must(t, err)
			out, err := p.ours.stage(d)
			must(t, err)
			must(t, p.ours.Create(id, "", opts))
			return p.ours.apply(id, "", out)
		}
		id, layer := "mapped "+w.name, oddLayer()
		must(t, pull(id, layer))
		must(t, p.theirs.Create(id, "", opts))
		_, err := stock.AddDiff(p.theirs, id, "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(layer), Mappings: mappings})
		must(t, err)
		found := mounted.Compare(p.ours.read(t, id, "ro"), p.theirs.read(t, id, "ro"), times)
		report(t, id, slices.DeleteFunc(found, func(d tree.Difference) bool {
			return d.Path == "/" // the stock driver gives it to root when it mounts the layer without maps
		}))
		if info, err := os.Stat(filepath.Join(p.ours.home(), id, "diff")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 100000 {
			t.Errorf("%s: the layer's directory: %+v, %v", id, info, err)
		}
		p.remove(t, id)
		report(t, "left in the pool", p.ours.objects(t))

		err = pull("unmapped", layertest.Tar(layertest.File("f", strings.Repeat("x", 100)).Owner(1000, 0, 0o644)))
		if err == nil || !strings.Contains(err.Error(), "owner 1000:0") {
			t.Errorf("%s, with an owner that is not mapped: %v", w.name, err)
		}
		p.ours.remove(t, "unmapped")
		report(t, "left in the pool", p.ours.contents(t))
	}
}

// TestMergeConverting checks that Converting covers the merge at the end of a command, which takes
// as much memory as a conversion.
func TestMergeConverting(t *testing.T) {
	d := newDirs(t)
	s := d.open(t, kind{})
	pulled, err := s.stage(&differ.Raw{Blob: oddLayer()})
	must(t, err)
	must(t, s.Create("pulled", "", nil))
	must(t, s.apply("pulled", "", pulled))
	var merged [][]string
	was := driver.Converting
	driver.Converting = func() func() {
		look := func() { merged = append(merged, listFiles(t, filepath.Join(d.pool(), "images"))) }
		look()
		return look
	}
	defer func() { driver.Converting = was }()
	must(t, s.Cleanup())
	if len(merged) != 2 || len(merged[0]) != 0 || len(merged[1]) == 0 {
		t.Errorf("merged images at the beginning and the end: %q", merged)
	}
	must(t, s.Cleanup())
	if len(merged) != 2 {
		t.Errorf("Converting is called for no merge: %q", merged)
	}
}
