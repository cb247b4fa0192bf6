//go:build linux

package driver_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/trace"
)

// record records a layer as containers/storage does, with its tar-split.
func (d dirs) record(t testing.TB, id string, tar []byte) {
	t.Helper()
	meta, err := split(tar)
	must(t, err)
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err = w.Write(meta)
	must(t, errors.Join(err, w.Close()))
	list, err := json.Marshal([]map[string]any{{"id": id, "diff-digest": digest.FromBytes(tar), "diff-size": len(tar)}})
	must(t, err)
	must(t, os.MkdirAll(d.home()+"-layers", 0o700))
	must(t, os.WriteFile(d.home()+"-layers/layers.json", list, 0o600))
	must(t, os.WriteFile(d.home()+"-layers/"+id+".tar-split.gz", b.Bytes(), 0o600))
}

// TestConvertDurable converts a layer in place: what it becomes is on disk before it takes the
// layer's place, and that place before the conversion ends.
func TestConvertDurable(t *testing.T) {
	needs.Root(t)
	trace.Run(t, func(t *testing.T, tracer *trace.Tracer) {
		s := newStore(t, kind{off: true})
		tar := layertest.Tar(layertest.File("f", strings.Repeat("content ", 100)), layertest.File("g", "inline"))
		s.layer(t, "layer", "", tar)
		s.record(t, "layer", tar)
		stores := &chain.Stores{Primary: chain.Store{Home: s.home()}}
		var err error
		changes, _ := tracer.Do(s.root(), trace.Fault{}, func() {
			_, err = inplace.New(stores, s.path("run"), objects.SealNever).Layer(t.Context(), "layer")
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
	s.record(t, "layer", tar)
	c := inplace.New(&chain.Stores{Primary: chain.Store{Home: s.home()}}, s.path("run"), objects.SealNever)
	held, err := os.Open(s.home() + "/layer") // so that its inode is not given again
	must(t, err)
	defer held.Close()
	changed := false
	c.Progress = func(int64) {
		if !changed {
			changed = true
			s.remove(t, "layer")
			s.layer(t, "layer", "", tar)
		}
	}
	_, err = c.Layer(t.Context(), "layer")
	if !changed || err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("%v, %v", changed, err)
	}
	if _, err := os.Lstat(s.home() + "/layer/composefs-data"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the other layer was replaced: %v", err)
	}
}
