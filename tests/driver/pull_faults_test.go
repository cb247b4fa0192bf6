//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/containers/common/pkg/retry"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// puller pulls one layer repeatedly, on top of a layer with some of its objects.
type puller struct {
	*store
	w      way
	layer  []byte
	before []string // in the pool
	image  []byte   // the layer image that it must have
	pulled []string // in the pool with it
}

const pulledID = "layer"

func newPuller(t testing.TB, s *store, w way, layer []byte) *puller {
	t.Helper()
	p := &puller{store: s, w: w, layer: layer, before: s.objects(t)}
	must(t, p.Create(pulledID, "base", nil))
	must(t, p.try(t))
	p.image, p.pulled = p.layerImage(t), p.objects(t)
	p.remove(t, pulledID)
	return p
}

// try pulls the layer, which exists and is empty.
func (p *puller) try(t testing.TB) error {
	t.Helper()
	d, err := p.w.differ(t, differ.NewMachine(p.path("run")), p.layer)
	must(t, err)
	out, err := p.stage(d)
	if err != nil {
		return err
	}
	return p.apply(pulledID, "base", out)
}

func (p *puller) layerImage(t testing.TB) []byte {
	t.Helper()
	image, err := os.ReadFile(filepath.Join(p.home(), pulledID, "composefs-data", "composefs.blob"))
	must(t, err)
	return image
}

// complete checks the layer and the names in the pool.
func (p *puller) complete(t testing.TB) {
	t.Helper()
	if !bytes.Equal(p.layerImage(t), p.image) {
		t.Error("the layer has another image")
	}
	report(t, "pool", differences(p.pulled, p.objects(t)))
	p.sound(t)
}

// sound checks that each name in the pool is that of a complete object.
func (p *puller) sound(t testing.TB) {
	t.Helper()
	dir := filepath.Join(p.pool(), "objects")
	for _, name := range listFiles(t, dir) {
		content, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		if got := verity.Sum(content).String(); got != strings.ReplaceAll(name, "/", "") {
			t.Errorf("object %s has digest %s", name, got)
		}
	}
}

// gone removes the layer, and checks that nothing is left of it. A failed pull leaves its entry in
// the pool, so that the next pull looks for garbage.
func (p *puller) gone(t testing.TB, failed bool) {
	t.Helper()
	p.remove(t, pulledID)
	report(t, "staged", p.staged(t))
	left := slices.DeleteFunc(p.objects(t), func(name string) bool { return failed && name == "/layers/"+pulledID })
	report(t, "pool after the layer was removed", differences(p.before, left))
}

// TestPullFaults has each change of pulls fail in turn. The pull reports that error once, with paths
// that users know, and leaves nothing behind. The next pull makes the layer.
func TestPullFaults(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{})
		s.layer(t, "base", "", layertest.Tar(layertest.File("known", strings.Repeat("known ", 100))))
		for _, w := range ways {
			p := newPuller(t, s, w, oddLayer())
			at := 0
			for ; p.fails(t, tracer, at); at++ {
			}
			t.Logf("%s: %d changes", w.name, at)
			if at < 20 {
				t.Errorf("%s: only %d changes", w.name, at)
			}
		}
	})
}

// fails pulls the layer with that change failing, and reports whether it was reached.
func (p *puller) fails(t *testing.T, tracer *trace.Tracer, at int) (reached bool) {
	t.Helper()
	errno := []unix.Errno{unix.EIO, unix.ENOSPC, unix.EDQUOT}[at%3]
	must(t, p.Create(pulledID, "base", nil))
	var err error
	changes, reached := tracer.Do(p.root(), trace.Fault{At: at, Errno: errno}, func() { err = p.try(t) })
	what := p.w.name
	if reached {
		what += ": " + changes[at].String()
	}
	switch {
	case err == nil:
		p.complete(t)
	case !reached:
		t.Errorf("%s: %v", what, err)
	case strings.Contains(err.Error(), "/proc/"):
		t.Errorf("%s: the error has names that users do not know: %v", what, err)
	case p.w.name == "chunked": // the stock differ may report another error
	case !errors.Is(err, errno) || strings.Count(err.Error(), errno.Error()) != 1:
		t.Errorf("%s: %v, want %v", what, err, errno)
	}
	p.sound(t)
	p.gone(t, err != nil)
	if reached {
		must(t, p.Create(pulledID, "base", nil))
		if err := p.try(t); err != nil {
			t.Errorf("%s: another try: %v", what, err)
		} else {
			p.complete(t)
		}
		p.gone(t, false)
	}
	if t.Failed() {
		t.Fatalf("%s: fault at %d of %v: %v", what, at, changes, err)
	}
	return reached
}

// TestPullRetried loses the connection and fails to remove the staged layer. podman must find the
// first error, after which it tries again.
func TestPullRetried(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{})
		var err error
		_, reached := tracer.Do(s.root(), trace.Fault{Op: trace.Remove, Path: stagingArea, Rest: true, Errno: unix.EIO}, func() {
			_, err = s.stage(lost(oddLayer(), unix.ECONNRESET))
		})
		if !reached || !errors.Is(err, unix.ECONNRESET) || !strings.Contains(err.Error(), unix.EIO.Error()) || !retry.IsErrorRetryable(err) {
			t.Errorf("%v: %v, podman tries again: %v", reached, err, retry.IsErrorRetryable(err))
		}
	})
}

// TestPullKilled kills pulls before some of their changes. The layer is complete or empty then, and
// the pool names complete objects only. Another pull leaves nothing of the first one.
func TestPullKilled(t *testing.T) {
	if words, tracer := trace.Words(); words != nil {
		victim(t, words, tracer)
		return
	}
	d := newDirs(t)
	s := d.open(t, kind{})
	s.layer(t, "base", "", layertest.Tar(layertest.File("known", strings.Repeat("known ", 100))))
	const stride = 7 // a process each takes its time
	for i, w := range ways {
		p := newPuller(t, s, w, oddLayer())
		kills := 0
		for at := i; ; at += stride {
			must(t, s.Create(pulledID, "base", nil))
			if !trace.Victim(t, string(d), strconv.Itoa(i), strconv.Itoa(at)) {
				break
			}
			kills++
			p.recover(t)
			if t.Failed() {
				t.Fatalf("%s, killed at %d", w.name, at)
			}
		}
		p.complete(t)
		p.gone(t, false)
		if kills < 5 {
			t.Errorf("%s was killed %d times", w.name, kills)
		}
	}
}

// victim pulls a layer until it is killed.
func victim(t *testing.T, words []string, tracer *trace.Tracer) {
	i, err := strconv.Atoi(words[1])
	must(t, err)
	at, err := strconv.Atoi(words[2])
	must(t, err)
	d := dirs(words[0])
	s, err := d.tryOpen(t, kind{})
	must(t, err)
	p := &puller{store: s, w: ways[i], layer: oddLayer()}
	tracer.Do(s.root(), trace.Fault{At: at, Kill: true}, func() { err = p.try(t) })
	must(t, err)
}

// recover checks the store after a kill, and pulls the layer.
func (p *puller) recover(t *testing.T) {
	t.Helper()
	p.sound(t)
	if _, err := os.Lstat(filepath.Join(p.home(), pulledID, "composefs-data", "composefs.blob")); err == nil && !bytes.Equal(p.layerImage(t), p.image) {
		t.Error("the layer has another image")
	}
	p.remove(t, pulledID) // as containers/storage does with a layer that is not recorded
	must(t, p.Create(pulledID, "base", nil))
	must(t, p.try(t))
	p.complete(t)
	p.gone(t, false)
}
