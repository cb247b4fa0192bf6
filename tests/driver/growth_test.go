//go:build linux

package driver_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// TestGrowth counts the files that operations usage in a store of 10 images and in one of 100. The
// counts must be equal: no operation looks at other images, layers or objects.
func TestGrowth(t *testing.T) {
	needs.Root(t)
	trace.RunLookups(t, func(t *testing.T, tracer *trace.Tracer) {
		few, many := touched(t, tracer, 10), touched(t, tracer, 100)
		for _, step := range growthSteps {
			a, b := few[step.name], many[step.name]
			if a.files == 0 {
				t.Errorf("%s: nothing was traced", step.name)
			}
			if a.files != b.files {
				t.Errorf("%s touches %d files in a store of 10 images and %d in one of 100, for example %v",
					step.name, a.files, b.files, b.examples(a))
			}
			for dir := range b.listed {
				if !step.lists[dir] {
					t.Errorf("%s lists %s", step.name, dir)
				}
			}
		}
	})
}

// growing is a store with images on one base.
type growing struct {
	*store
	t *testing.T
}

// growthSteps are the operations, in their order. lists are the directories of the whole store that
// they read: names only, which costs less than a microsecond for each.
var growthSteps = []struct {
	name  string
	do    func(growing)
	lists map[string]bool
}{
	{"mount", func(s growing) { s.mount("image0") }, nil},
	{"pull and first mount", func(s growing) { s.image("new"); s.mount("new") }, nil},
	{"removal", func(s growing) { must(s.t, s.Remove("new")) }, nil},
	{"removal in a busy pool", func(s growing) {
		s.whileBusy(func() { must(s.t, s.Remove("image1")) })
	}, nil},
	{"removal after it", func(s growing) { must(s.t, s.Remove("image2")) }, nil},
	{"exit", func(s growing) { must(s.t, s.Cleanup()) }, map[string]bool{"overlay": true, "overlay-composefs/layers": true}},
}

func (s growing) image(id string) {
	s.layer(s.t, id, "base", layertest.Tar(layertest.File(id, strings.Repeat(id, 100))))
}

func (s growing) mount(id string) {
	_, err := s.Get(id, graphdriver.MountOpts{Options: []string{"ro"}})
	must(s.t, err)
	s.put(s.t, id)
}

// whileBusy calls fn while another process adds a layer to the pool.
func (s growing) whileBusy(fn func()) {
	p, err := objects.Open(s.pool(), objects.Options{})
	must(s.t, err)
	defer p.Close() //nolint:errcheck // nothing is written
	b, err := p.BeginStaged()
	must(s.t, err)
	fn()
	must(s.t, b.Close())
}

// usage counts the files that a step touches.
type usage struct {
	files   int
	changes map[string]int
	listed  map[string]bool
}

// touched makes a store of images and returns what each step touches.
func touched(t *testing.T, tracer *trace.Tracer, images int) map[string]usage {
	s := growing{newStore(t, kind{}), t}
	s.layer(t, "base", "", layertest.Tar(layertest.File("base", strings.Repeat("base", 100))))
	for i := range images {
		id := fmt.Sprintf("image%d", i)
		s.image(id)
		s.mount(id)
	}
	found := map[string]usage{}
	for _, step := range growthSteps {
		changes, _ := tracer.Do(s.root(), trace.Fault{}, func() { step.do(s) })
		found[step.name] = count(changes)
	}
	return found
}

func count(changes []trace.Change) usage {
	c := usage{changes: map[string]int{}, listed: map[string]bool{}}
	for _, made := range changes {
		if made.Op != trace.List {
			c.files++
			c.changes[string(made.Op)+" "+path.Dir(made.Path)]++
		} else if wholeStore(made.Path) {
			c.listed[made.Path] = true
		}
	}
	return c
}

// wholeStore reports whether a directory has entries for all images, layers or objects.
func wholeStore(dir string) bool {
	switch dir {
	case "overlay", "overlay/l", poolImages, "overlay-composefs/layers":
		return true
	}
	return strings.HasPrefix(dir+"/", poolObjects)
}

// examples returns the kinds of calls that are more than those of another store.
func (c usage) examples(other usage) (list []string) {
	for name, n := range c.changes {
		if n != other.changes[name] {
			list = append(list, fmt.Sprintf("%s: %d and %d", name, other.changes[name], n))
		}
	}
	return list
}
