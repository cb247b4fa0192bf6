//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvert converts images that were pulled without composefs, with stock composefs and
// by turns. They then equal those of a pull with composefs.
func TestConvert(t *testing.T) {
	for name, kinds := range map[string][]podman.Kind{
		"plain":           {podman.Plain},
		"stock composefs": {podman.StockComposefs},
		"mixed":           {podman.Ours, podman.Plain, podman.Ours, podman.StockComposefs, podman.Plain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layers := rich()
			if len(kinds) == 1 && kinds[0] == podman.StockComposefs {
				layers = layers[:1] // more than that, stock composefs cannot pull
			}
			layers = append(layers, podman.Layer(layertest.Dir("top"), layertest.File("top/file", strings.Repeat("top", 100))))
			s := podman.NewStore(t)
			var ref string
			for i := range layers {
				kind := kinds[min(i, len(kinds)-1)]
				ref = podman.SharedRegistry(t).Push(t, fmt.Sprint(imageName(t), "/", i), image(t, layers[:i+1]...))
				s.Podman(t, kind, podman.Options{}).Run("pull", "-q", ref)
			}
			p := s.Podman(t, podman.Ours, podman.Options{})
			want := seenPlain(t, image(t, layers...))
			same(t, "plain and before", want, seen(t, p, ref), "/") // which makes segments
			if out := runTool(t, p, "convert", "--dry-run", ref); !strings.Contains(out, "would be converted") {
				t.Errorf("dry run: %s", out)
			}
			runTool(t, p, "convert", ref)
			checkImages(t, p, layers...)
			checkPool(t, p)
			checkObjects(t, p)
			same(t, "plain and converted", want, seen(t, p, ref))
			p.Run("system", "check")
			archive := filepath.Join(t.TempDir(), "archive")
			p.Run("save", "-q", "--format", "oci-archive", "-o", archive, ref)
			q := podman.New(t, podman.Plain)
			loaded := strings.TrimPrefix(q.Run("load", "-q", "-i", archive), "Loaded image: ")
			if got, want := diffIDs(q, loaded), image(t, layers...).DiffIDs(); !slices.Equal(got, want) {
				t.Errorf("layers %q, want %q", got, want)
			}
			if podman.WithoutRoot() {
				others = nil // they read composefs layers as root only
			}
			for _, other := range others {
				q := p.As(other)
				same(t, "plain and converted, as "+other.String()+" shows it", want, seen(t, q, ref), "/")
				q.Run("run", "--rm", ref, "cat", "/home/big")
			}
			if out := runTool(t, p, "convert", "--all"); strings.Contains(out, "converted:") {
				t.Errorf("again: %s", out)
			}
			s.Clean(t)
			p.Run("rmi", "-af")
			checkEmpty(t, p)
		})
	}
}

// checkObjects checks that no object has an owner, a mode or xattrs that mean something.
func checkObjects(t *testing.T, p *podman.Podman) {
	t.Helper()
	for _, path := range glob(t, p.Store.Root, "overlay-composefs/objects/*/*") {
		var st syscall.Stat_t
		if err := syscall.Lstat(path, &st); err != nil {
			t.Fatal(err)
		}
		if st.Mode != syscall.S_IFREG|0o600 || st.Uid != podman.Owner() || st.Gid != podman.Owner() {
			t.Errorf("object %s: mode %o, owner %d:%d", path, st.Mode, st.Uid, st.Gid)
		}
		if n, err := syscall.Listxattr(path, nil); err != nil || n > 0 {
			t.Errorf("object %s has xattrs of %d bytes, %v", path, n, err)
		}
	}
}

// TestConvertOddLayers converts the odd layers of layertest and those of random images, as
// far as plain podman takes them. Those stay plain whose tar cannot be made again: plain
// podman does not save them either.
func TestConvertOddLayers(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	plain := s.Podman(t, podman.Plain, podman.Options{})
	tars := [][]byte{}
	images := map[string]string{} // one that has the layer, by its diffID
	pull := func(name string, layers [][]byte) {
		dir := t.TempDir()
		img := podman.Image{Layers: layers, Compression: podman.Gzip}
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		id, err := plain.Try("pull", "-q", "oci:"+dir)
		if err != nil {
			if !strings.Contains(err.Error(), "duplicates of file paths") {
				t.Errorf("%s: %v", name, err)
			}
			return
		}
		for _, d := range img.DiffIDs() {
			images[d] = id
		}
		tars = append(tars, layers...)
	}
	for _, c := range layertest.Ugly() {
		if plainTakes(c) {
			pull(c.Name, c.Layers)
		}
	}
	for seed := range uint64(10) {
		pull(fmt.Sprint("random ", seed), ociimage.Random(seed).Layers)
	}
	if len(tars) < 100 {
		t.Errorf("only %d layers were pulled", len(tars))
	}
	p := plain.As(podman.Ours)
	var layers []struct{ ID, Stays string }
	out, err := tool(t, p, "convert", "--all", "--json").Output() // not all can be converted
	if jsonErr := json.Unmarshal(out, &layers); jsonErr != nil {
		t.Fatalf("%v, %v: %s", err, jsonErr, out)
	}
	converted, stay := map[string]bool{}, 0
	for _, l := range layers {
		if converted[l.ID] = l.Stays == ""; converted[l.ID] {
			continue
		}
		stay++
		image := images[diffID(t, p, l.ID)]
		if _, err := plain.Try("save", "-q", "-o", filepath.Join(t.TempDir(), "archive"), image); err == nil {
			t.Errorf("layer %s of image %q stays plain, though it can be saved: %s", l.ID, image, l.Stays)
		}
	}
	if stay != 3 {
		t.Errorf("%d layers stay plain", stay)
	}
	checkImagesOf(t, p, converted, tars...)
	checkPool(t, p)
	p.Run("rmi", "-af") // layers of pulls that failed are left
}
