//go:build linux

package driver_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// recordLayer records a layer as containers/storage does, with its tar-split.
func (d dirs) recordLayer(t testing.TB, id string, tar []byte) {
	t.Helper()
	meta, err := split(tar)
	must(t, err)
	d.record(t, "layers", []map[string]any{{"id": id, "diff-digest": digest.FromBytes(tar), "diff-size": len(tar)}})
	gzipped := compressed(t, meta, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	must(t, os.WriteFile(d.home()+"-layers/"+id+".tar-split.gz", gzipped, 0o600))
}

// TestConvertDurable traces the conversion of a layer in place. The new layer is durable before it
// takes the place of the old one, and the exchange before the conversion ends.
func TestConvertDurable(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{off: true})
		tar := layertest.Tar(layertest.File("f", strings.Repeat("content ", 100)), layertest.File("g", "inline"))
		s.layer(t, "layer", "", tar)
		s.recordLayer(t, "layer", tar)
		stores := &chain.Stores{Primary: chain.Store{Home: s.home()}}
		var err error
		changes, _ := tracer.Do(s.root(), trace.Fault{}, func() {
			_, err = inplace.New(stores, s.path("run"), objects.SealNever).Convert(t.Context(), "layer")
		})
		must(t, err)
		exchanged := index(changes, func(c trace.Change) bool { return c.Op == trace.Rename && c.To == "overlay/layer" })
		if exchanged < 0 {
			t.Fatalf("nothing is exchanged:\n%v", changes)
		}
		staged := changes[exchanged].Path
		written := last(changes[:exchanged], func(c trace.Change) bool {
			return c.Op != trace.Sync && c.Op != trace.Syncfs && strings.HasPrefix(c.Path+" "+c.To, staged)
		})
		synced := last(changes[:exchanged], func(c trace.Change) bool { return c.Op == trace.Syncfs || c.Op == trace.Sync })
		if synced < written {
			t.Errorf("the last change before the exchange is %d, the last sync %d:\n%v", written, synced, changes)
		}
		if index(changes[exchanged:], change(trace.Sync, "overlay")) < 0 {
			t.Errorf("the exchange is not synced:\n%v", changes)
		}
	})
}

// TestConvertChanged has a layer replaced by another one of its name while it is converted: that one
// stays as it is.
func TestConvertChanged(t *testing.T) {
	s := newStore(t, kind{off: true})
	tar := layertest.Tar(layertest.File("f", strings.Repeat("content ", 100_000)))
	s.layer(t, "layer", "", tar)
	s.recordLayer(t, "layer", tar)
	c := inplace.New(&chain.Stores{Primary: chain.Store{Home: s.home()}}, s.path("run"), objects.SealNever)
	held, err := os.Open(s.home() + "/layer") // so that its inode is not given again
	must(t, err)
	defer held.Close() //nolint:errcheck // open for reading
	changed := false
	c.Progress = func(int64) {
		if !changed {
			changed = true
			s.remove(t, "layer")
			s.layer(t, "layer", "", tar)
		}
	}
	_, err = c.Convert(t.Context(), "layer")
	if !changed || err == nil || !strings.Contains(err.Error(), "another process has changed it") {
		t.Errorf("%v, %v", changed, err)
	}
	if _, err := os.Lstat(s.home() + "/layer/composefs-data"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other layer was replaced: %v", err)
	}
}

// reassembles reports whether a store gives all tars of an image back, from which layers are
// converted. It does not where an entry is in the way of another one.
func (s *store) reassembles(t testing.TB, img *ociimage.Image) bool {
	t.Helper()
	for i, id := range ids(img) {
		meta, err := split(img.Layers[i])
		if err != nil {
			return false
		}
		if tar, err := s.reassemble(t, id, meta); err != nil || !bytes.Equal(tar, img.Layers[i]) {
			return false
		}
	}
	return true
}

// TestConvert converts the layers of random images in place, and makes them plain again. Plain overlay
// shows the same tree all the time, and nothing is left in the pool.
func TestConvert(t *testing.T) {
	p := pair{newStore(t, kind{off: true}), newStore(t, kind{stock: true})}
	stores := &chain.Stores{Primary: chain.Store{Home: p.ours.home()}}
	for seed, done := *seed, 0; done < max(1, *images/3); seed++ {
		img, ok := p.pullable(t, seed)
		if !ok {
			continue
		}
		if !p.theirs.reassembles(t, img) {
			p.theirs.remove(t, ids(img)...)
			continue
		}
		done++
		names := p.ours.image(t, img)
		c := inplace.New(stores, p.ours.path("run"), objects.SealNever)
		each := func(what string, order iter.Seq2[int, string], convert func(context.Context, string) (inplace.Result, error)) {
			for i, id := range order {
				p.ours.recordLayer(t, id, img.Layers[i])
				if _, err := convert(t.Context(), id); err != nil {
					t.Fatalf("seed %d, layer %d: %v", seed, i, err)
				}
			}
			p.compare(t, fmt.Sprintf("seed %d, %s", seed, what), names[len(names)-1], allow(img.Implied), "ro")
		}
		each("converted", slices.All(names), c.Convert)
		each("plain", slices.Backward(names), c.Unpack) // as its documentation requires
		_, err := garbage.Collect(t.Context(), stores)
		must(t, err)
		report(t, "left in the pool", p.ours.objects(t))
		p.remove(t, names...)
	}
}
