//go:build linux

package driver_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/chunked"
	"github.com/klauspost/compress/zstd"
	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// way is a way to pull a layer.
type way struct {
	name string

	// differ returns the differ of a layer, an error if the layer cannot be pulled so.
	differ func(t testing.TB, m *differ.Machine, layer []byte) (*differ.Raw, error)
}

// ways are all of them. They make the same layer of a tar.
var ways = []way{
	{"plain", func(_ testing.TB, _ *differ.Machine, layer []byte) (*differ.Raw, error) {
		return &differ.Raw{Blob: layer}, nil
	}},
	{"gzip", func(t testing.TB, _ *differ.Machine, layer []byte) (*differ.Raw, error) {
		return &differ.Raw{Blob: compressed(t, layer, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })}, nil
	}},
	{"whole", func(t testing.TB, _ *differ.Machine, layer []byte) (*differ.Raw, error) {
		table, err := differ.TableOf(layer)
		return &differ.Raw{Blob: zstdCompressed(t, layer), Table: table}, err
	}},
	{"chunked", func(t testing.TB, m *differ.Machine, layer []byte) (*differ.Raw, error) {
		c, err := differ.Compress(layer)
		if err != nil {
			return nil, err
		}
		stock, err := m.Differ(t.Context(), c)
		return &differ.Raw{Other: stock}, err
	}},
}

func compressed(t testing.TB, layer []byte, compressor func(io.Writer) io.WriteCloser) []byte {
	t.Helper()
	var out bytes.Buffer
	w := compressor(&out)
	_, err := w.Write(layer)
	must(t, errors.Join(err, w.Close()))
	return out.Bytes()
}

func zstdCompressed(t testing.TB, layer []byte) []byte {
	t.Helper()
	return compressed(t, layer, func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		must(t, err)
		return z
	})
}

// staging returns the part of the driver that pulls.
func (s *store) staging() graphdriver.DriverWithDiffer {
	return s.Driver.(graphdriver.DriverWithDiffer)
}

// stage downloads and converts a layer.
func (s *store) stage(d graphdriver.Differ) (out graphdriver.DriverWithDifferOutput, err error) {
	out, err = s.staging().ApplyDiffWithDiffer(nil, d)
	if closed := d.Close(); err == nil {
		err = closed
	}
	return out, err
}

// apply gives a staged layer its place, and cleans up, as containers/storage does.
func (s *store) apply(id, parent string, out graphdriver.DriverWithDifferOutput) error {
	err := s.staging().ApplyDiffFromStagingDirectory(id, parent, &out, &graphdriver.ApplyDiffWithDifferOpts{})
	if discarded := s.discard(out); err == nil {
		err = discarded
	}
	return err
}

// discard removes a staged layer.
func (s *store) discard(out graphdriver.DriverWithDifferOutput) error {
	if out.TarSplit != nil {
		_ = out.TarSplit.Close() // open for reading
	}
	return s.staging().CleanupStagingDirectory(out.Target)
}

// ordinary returns the reason if err has containers/storage download the layer the ordinary way.
func ordinary(err error) error {
	var fallback chunked.ErrFallbackToOrdinaryLayerDownload
	if errors.As(err, &fallback) {
		return fallback.Err
	}
	return nil
}

// tarSplit reads the tar-split of a staged layer.
func tarSplit(t testing.TB, out graphdriver.DriverWithDifferOutput) []byte {
	t.Helper()
	_, err := out.TarSplit.Seek(0, io.SeekStart)
	must(t, err)
	split, err := io.ReadAll(out.TarSplit)
	must(t, err)
	return split
}

// pull pulls a layer. It checks the digests and sizes that the driver reports, and that the
// tar-split makes the tar again.
func (p pair) pull(t testing.TB, id, parent string, w way, m *differ.Machine, layer []byte) error {
	t.Helper()
	d, err := w.differ(t, m, layer)
	if err != nil {
		return err
	}
	out, err := p.ours.stage(d)
	if err != nil {
		return err
	}
	if out.UncompressedDigest != digest.FromBytes(layer) && w.name != "whole" || w.name != "whole" && out.Size != int64(len(layer)) ||
		d.Other == nil && (out.CompressedDigest != digest.FromBytes(d.Blob) || d.Released != 1) {
		t.Errorf("%s: staged %+v", w.name, out)
	}
	split := tarSplit(t, out)
	must(t, errors.Join(p.ours.Create(id, parent, nil), p.ours.apply(id, parent, out)))
	m.Keep(id, p.ours.path("root", "overlay", id, "diff"), out)
	if again, err := p.ours.reassemble(t, id, split); err != nil || !bytes.Equal(again, layer) {
		if theirs, theirErr := p.theirs.reassemble(t, id, split); theirErr == nil && bytes.Equal(theirs, layer) {
			t.Errorf("%s: the tar-split makes %d bytes of %d, %v", w.name, len(again), len(layer), err)
		}
	}
	if err := p.ours.staging().CleanupStagingDirectory(out.Target); err != nil {
		t.Errorf("%s: cleaning up an applied layer: %v", w.name, err)
	}
	return nil
}

// pullable returns a random image that can be pulled in each way, with its layers in the stock
// driver. ok is false if the stock driver refuses a layer.
func (p pair) pullable(t testing.TB, seed uint64) (img *ociimage.Image, ok bool) {
	t.Helper()
	img = ociimage.Random(seed)
	names, parent := ids(img), ""
	for i, l := range img.Layers {
		img.Layers[i] = differ.Plain(t, l)
		must(t, p.theirs.Create(names[i], parent, nil))
		if _, err := stock.AddDiff(p.theirs, names[i], parent, graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(img.Layers[i])}); err != nil {
			p.theirs.remove(t, names[:i+1]...)
			return img, false
		}
		parent = names[i]
	}
	return img, true
}

// TestPull pulls random images, each layer in another way. Mounted, they show what plain overlay
// shows. When they are removed the pool is empty.
func TestPull(t *testing.T) {
	p := newPair(t)
	pulled := map[string]int{}
	for seed, done := *seed, 0; done < *images; seed++ {
		img, ok := p.pullable(t, seed)
		if !ok {
			continue
		}
		names, parent := ids(img), ""
		m := differ.NewMachine(p.ours.path("run"))
		for i, id := range names {
			w := ways[(i+done)%len(ways)]
			if err := p.pull(t, id, parent, w, m, img.Layers[i]); err != nil {
				t.Fatalf("seed %d, layer %d, %s: %v", seed, i, w.name, err)
			}
			pulled[w.name]++
			p.compare(t, fmt.Sprintf("seed %d, layer %d, %s", seed, i, w.name), id, allow(img.ImpliedIn[i]), "ro")
			parent = id
		}
		p.remove(t, names...)
		report(t, "left in the pool", p.ours.objects(t))
		done++
	}
	if len(pulled) < len(ways) {
		t.Errorf("pulled: %v", pulled)
	}
}

// oddLayer returns a layer with known, new, inline and large contents, and a root with more than
// permission bits.
func oddLayer() []byte {
	root := layertest.Dir("/").Owner(7, 8, 0o1775)
	return layertest.Tar(root, layertest.File("known", strings.Repeat("known ", 100)), layertest.File("new", strings.Repeat("new ", 100)),
		layertest.File("large", strings.Repeat("large ", 50_000)), layertest.File("inline", "inline"), layertest.Link("link", "new"),
		layertest.Dir("d").Owner(1, 2, 0o2750), layertest.Symlink("d/s", "x"), layertest.File(".wh.gone", ""))
}
