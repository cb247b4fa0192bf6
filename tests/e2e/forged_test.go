//go:build linux

package e2e_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/containers/storage/pkg/chunked/compressor"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// Annotations of a zstd:chunked layer.
const (
	tablePosition    = "io.github.containers.zstd-chunked.manifest-position"
	tarSplitPosition = "io.github.containers.zstd-chunked.tarsplit-position"
)

// withTableOf makes zstd:chunked layers have the table of contents, and the tar-split, of
// another one.
func withTableOf(t *testing.T, other []byte) func(int, []byte, map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	told := map[string]string{}
	w, err := compressor.ZstdCompressor(&b, told, nil)
	if err == nil {
		_, err = w.Write(other)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	const header = 8 // of the frame
	offset := func(position string) (n int) {
		if _, err := fmt.Sscanf(position, "%d:", &n); err != nil {
			t.Errorf("position %q: %v", position, err)
		}
		return n
	}
	return func(_ int, data []byte, annotations map[string]string) []byte {
		ours, theirs := offset(annotations[tablePosition]), offset(told[tablePosition])
		maps.Copy(annotations, told)
		for _, key := range []string{tablePosition, tarSplitPosition} {
			n := offset(told[key])
			annotations[key] = strings.Replace(told[key], fmt.Sprint(n), fmt.Sprint(n-theirs+ours), 1)
		}
		return append(bytes.Clone(data[:ours-header]), b.Bytes()[theirs-header:]...)
	}
}

// TestChunkedForged pulls a layer with the table of contents of another one. The layer has
// the tree of its tar, as in plain podman, and nothing is kept of the table.
func TestChunkedForged(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		l := podman.Layer(layertest.File("first", "first"), layertest.File("second", strings.Repeat("good", 1000)))
		other := podman.Layer(layertest.File("first", "first"), layertest.File("second", strings.Repeat("evil", 1000)))
		img := podman.Image{Layers: [][]byte{l}, Compression: podman.Chunked, Forge: withTableOf(t, other)}
		ref := pushImage(t, img)
		out := logs(t, p, "pull", "-q", ref)
		if said := strings.Contains(out, "differs from its table of contents"); said != (p.Kind == podman.Ours) {
			t.Errorf("it says that the table is wrong: %t", said)
		}
		img.Forge = nil
		same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
		layer := chunkedLayers(t, p)[img.DiffIDs()[0]]
		if layer.TOC != "" || slices.Contains(layer.BigData, "zstd-chunked-manifest") {
			t.Errorf("the layer is %+v", layer)
		}
		p.Run("system", "check")
		checkLayers(t, p)
	})
}
