//go:build linux

package driver_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// Paths below the root of a store.
const (
	poolObjects = "overlay-composefs/objects/"
	poolNote    = "overlay-composefs/garbage"
	poolImages  = "overlay-composefs/images"
	stagingArea = "overlay-composefs/staging/"
)

// index returns the index of the first change for which is returns true, or -1.
func index(changes []trace.Change, is func(trace.Change) bool) int {
	return slices.IndexFunc(changes, is)
}

// last returns the index of the last change for which is returns true, or -1.
func last(changes []trace.Change, is func(trace.Change) bool) int {
	for i, c := range slices.Backward(changes) {
		if is(c) {
			return i
		}
	}
	return -1
}

// published reports whether a change gives an object its name in the pool.
func published(c trace.Change) bool {
	return (c.Op == trace.Link || c.Op == trace.Rename) && strings.HasPrefix(c.To, poolObjects)
}

// change returns a function that finds one kind of change of a file.
func change(op trace.Op, name string) func(trace.Change) bool {
	return func(c trace.Change) bool { return c.Op == op && (c.Path == name || c.To == name) }
}

// syncedObjects checks that the layer's directory is durable before the pool names the first of its
// objects.
func syncedObjects(t *testing.T, changes []trace.Change, diff string) {
	t.Helper()
	named := index(changes, published)
	if named < 0 {
		t.Fatalf("the pool gets no object:\n%v", changes)
	}
	written := last(changes[:named], func(c trace.Change) bool {
		return slices.Contains([]trace.Op{trace.Create, trace.Write, trace.Truncate, trace.Link, trace.Rename, trace.Mkdir}, c.Op) &&
			(strings.HasPrefix(c.Path, diff) || strings.HasPrefix(c.To, diff))
	})
	synced := last(changes[:named], func(c trace.Change) bool { return c.Op == trace.Syncfs })
	if written < 0 || synced < written {
		t.Errorf("syncfs is %d, the layer's last change %d, its first name in the pool %d:\n%v", synced, written, named, changes)
	}
	later := index(changes[named:], func(c trace.Change) bool { return c.Op == trace.Write && strings.HasPrefix(c.Path, diff) })
	if later >= 0 {
		t.Errorf("%v comes after the first name in the pool", changes[named+later])
	}
}

// syncedNote checks that a note of garbage is durable before the next change of the pool.
func syncedNote(t *testing.T, changes []trace.Change) {
	t.Helper()
	want := []trace.Change{
		{Op: trace.Create, Path: poolNote}, {Op: trace.Write, Path: poolNote},
		{Op: trace.Sync, Path: poolNote}, {Op: trace.Sync, Path: path.Dir(poolNote)},
	}
	noted := index(changes, change(trace.Create, poolNote))
	if noted < 0 || noted+len(want) >= len(changes) || !slices.Equal(changes[noted:noted+len(want)], want) {
		t.Errorf("the note is %d, and not synced then:\n%v", noted, changes)
	}
}

// syncedPlace checks that the files that make a layer one of its chain are synced after the layer
// has its place.
func syncedPlace(t *testing.T, changes []trace.Change, id string) {
	t.Helper()
	dir := "overlay/" + id
	placed := last(changes, func(c trace.Change) bool { return c.Op == trace.Rename && strings.HasPrefix(c.To, dir+"/") })
	if placed < 0 || changes[placed].To != dir+"/composefs-data/composefs.blob" {
		t.Fatalf("the layer has no image:\n%v", changes)
	}
	for _, name := range []string{dir + "/link", dir + "/lower", dir + "/lower-layers", dir + "/composefs-data", dir, "overlay/l"} {
		if index(changes[placed:], change(trace.Sync, name)) < 0 {
			t.Errorf("%s is not synced:\n%v", name, changes)
		}
	}
}

// newerBase makes a layer "base" that has lower-layers, as podman 6 does. The layers on it have that file
// too.
func newerBase(t *testing.T, s *store) {
	t.Helper()
	s.layer(t, "bottom", "", layertest.Tar(layertest.File("g", "g")))
	s.layer(t, "base", "bottom", layertest.Tar(layertest.File("f", "f")))
	beside(t, s, "base", []string{"bottom"})
}

// TestPullDurable traces pulls, and the clean-up of a staged layer.
func TestPullDurable(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{})
		m := differ.NewMachine(s.path("run"))
		newerBase(t, s)
		for _, w := range ways {
			d, err := w.differ(t, m, layertest.Tar(layertest.File("new", strings.Repeat(w.name, 1000)), layertest.File("f", "g")))
			must(t, err)
			var out graphdriver.DriverWithDifferOutput
			changes, _ := tracer.Do(s.root(), trace.Fault{}, func() { out, err = s.stage(d) })
			must(t, err)
			syncedObjects(t, changes, stagingArea)
			if index(changes, func(c trace.Change) bool { return strings.HasPrefix(c.Path+c.To, "overlay/") }) >= 0 {
				t.Errorf("%s: staging changes the directory of layers:\n%v", w.name, changes)
			}
			must(t, s.Create(w.name, "base", nil))
			changes, _ = tracer.Do(s.root(), trace.Fault{}, func() { err = s.apply(w.name, "base", out) })
			must(t, err)
			syncedPlace(t, changes, w.name)
		}
		out, err := s.stage(&differ.Raw{Blob: oddLayer()})
		must(t, err)
		changes, _ := tracer.Do(s.root(), trace.Fault{}, func() { err = s.discard(out) })
		must(t, err)
		syncedNote(t, changes)
	})
}

// TestApplyDurable traces the conversion of a tar, that of a second tar for the same layer, and the first
// mount, which merges.
func TestApplyDurable(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{})
		newerBase(t, s)
		changes, _ := tracer.Do(s.root(), trace.Fault{}, func() { s.layer(t, "layer", "base", oddLayer()) })
		syncedObjects(t, changes, stagingArea)
		syncedPlace(t, changes, "layer")
		changes, _ = tracer.Do(s.root(), trace.Fault{}, func() { must(t, apply(s, "layer", layertest.Tar(layertest.File("added", "added")))) })
		syncedObjects(t, changes, "overlay/layer/")
		named, synced := index(changes, published), last(changes, func(c trace.Change) bool { return c.Op == trace.Syncfs })
		image := index(changes, change(trace.Rename, "overlay/layer/composefs-data/composefs.blob"))
		if image < 0 || image > synced || synced > named {
			t.Errorf("the image has its name at %d, syncfs is %d, the first name in the pool %d:\n%v", image, synced, named, changes)
		}
		changes, _ = tracer.Do(s.root(), trace.Fault{}, func() {
			s.get(t, "layer", "ro")
			s.put(t, "layer")
		})
		syncedImage(t, changes)
	})
}

// syncedImage checks that a merged image is durable before it has its name in the pool, and the
// name before a layer has the image.
func syncedImage(t *testing.T, changes []trace.Change) {
	t.Helper()
	written := last(changes, func(c trace.Change) bool {
		return c.Op == trace.Write && strings.HasPrefix(c.Path, poolImages+"/.tmp-")
	})
	named := index(changes, func(c trace.Change) bool {
		return c.Op == trace.Rename && strings.HasPrefix(c.Path, poolImages+"/.tmp-") && path.Dir(c.To) == poolImages
	})
	linked := index(changes, change(trace.Rename, "overlay/layer/composefs-data/merged.blob"))
	if written < 0 || named < written || linked < named {
		t.Fatalf("the image is written at %d, named at %d and linked at %d:\n%v", written, named, linked, changes)
	}
	if index(changes[written:named], change(trace.Sync, changes[written].Path)) < 0 {
		t.Errorf("the image is named before it is on disk:\n%v", changes)
	}
	if index(changes[named:linked], change(trace.Sync, poolImages)) < 0 {
		t.Errorf("a layer has the image before its name is on disk:\n%v", changes)
	}
}
