//go:build linux

package e2e_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/messages"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// tool returns a command of composefs-storage on the store of p. The programs of the machine
// do not keep convert from its work.
func tool(t *testing.T, p *podman.Podman, args ...string) *exec.Cmd {
	t.Helper()
	if args[0] == "convert" {
		args = append(args, "--ignore-old-programs")
	}
	return p.Storage(t.Context(), args...)
}

// runTool runs composefs-storage and returns its output.
func runTool(t *testing.T, p *podman.Podman, args ...string) string {
	t.Helper()
	out, err := tool(t, p, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
	if bad := messages.Internal(string(out)); bad != "" {
		t.Errorf("%q names %s: %s", args, bad, out)
	}
	return strings.TrimSpace(string(out))
}

// endTool runs composefs-storage and ends it at a random instant, by SIGKILL or SIGINT. It reports
// whether the program had not ended by itself.
func endTool(t *testing.T, p *podman.Podman, r *rand.Rand, within time.Duration, signal syscall.Signal, args ...string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.Int64N(int64(within))))
	defer cancel()
	base := tool(t, p, args...)
	cmd := exec.CommandContext(ctx, base.Path, base.Args[1:]...)
	cmd.Env = base.Env
	cmd.Cancel = func() error { return cmd.Process.Signal(signal) }
	out, err := cmd.CombinedOutput()
	if err != nil && ctx.Err() == nil {
		t.Errorf("%q: %v: %s", args, err, out)
	}
	return err != nil
}

// layerRecord is what layers.json has of a layer.
type layerRecord struct {
	ID     string `json:"id"`
	DiffID string `json:"diff-digest"`
}

func layerRecords(t *testing.T, p *podman.Podman) (records []layerRecord) {
	t.Helper()
	readJSON(t, filepath.Join(p.Store.Root, "overlay-layers/layers.json"), &records)
	return records
}

// diffID returns the digest of a layer's tar.
func diffID(t *testing.T, p *podman.Podman, layer string) string {
	t.Helper()
	for _, r := range layerRecords(t, p) {
		if r.ID == layer {
			return r.DiffID
		}
	}
	t.Fatalf("no layer %s", layer)
	return ""
}

// checkImages checks that every layer of the store has the image that its tar makes.
func checkImages(t *testing.T, p *podman.Podman, tars ...[]byte) {
	t.Helper()
	checkImagesOf(t, p, nil, tars...)
}

// checkImagesOf looks at some layers, or if only is nil at all.
func checkImagesOf(t *testing.T, p *podman.Podman, only map[string]bool, tars ...[]byte) {
	t.Helper()
	want := map[string][]byte{}
	for _, tar := range append(tars, podman.Busybox(t)) {
		var image bytes.Buffer
		if _, err := convert.Layer(t.Context(), bytes.NewReader(tar), new(layertest.Contents), &image, layer.Options{}); err != nil {
			t.Fatal(err)
		}
		want[podman.Digest(tar)] = image.Bytes()
	}
	for _, r := range layerRecords(t, p) {
		if only != nil && !only[r.ID] {
			continue
		}
		got, err := os.ReadFile(filepath.Join(p.Store.Root, "overlay", r.ID, "composefs-data/composefs.blob"))
		if err != nil {
			t.Error(err)
		} else if w, ok := want[r.DiffID]; !ok || !bytes.Equal(got, w) {
			t.Errorf("layer %s, of tar %s, has another image than its tar makes (known: %v)", r.ID, r.DiffID, ok)
		}
	}
}
