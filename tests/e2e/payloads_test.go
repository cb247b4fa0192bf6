//go:build linux

package e2e_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// oddPayload is a layer with entries whose payload in the tar is not the content of the file
// with their name, or whose type is odd.
type oddPayload struct {
	name  string
	layer []byte
	stock bool   // stock podman takes it too
	warns string // the warning of our podman if containers/storage writes the tar-split
}

// oddPayloads returns layers of all such kinds, each in a directory of its own.
func oddPayloads(t *testing.T) []oddPayload {
	return []oddPayload{
		{name: "pax 0.0", layer: gnuTar(t, "pax0", "--format=pax", "--sparse-version=0.0"), stock: true, warns: "is a sparse file"},
		{name: "pax 0.1", layer: gnuTar(t, "pax1", "--format=pax", "--sparse-version=0.1"), stock: true, warns: "is a sparse file"},
		{name: "pax 1.0", layer: gnuTar(t, "pax10", "--format=pax", "--sparse-version=1.0"), stock: true, warns: "is a sparse file"},
		{name: "old gnu", layer: gnuTar(t, "gnu", "--format=gnu"), warns: "is a sparse file"},
		{name: "contiguous", layer: podman.Layer(layertest.Dir("cont"), layertest.File("cont/before", "before"),
			layertest.OfType('7', "cont/small", "content"), layertest.OfType('7', "cont/large", strings.Repeat("contiguous ", 20_000)))},
		{name: "sizes", layer: podman.Layer(sized('5', "sizes/", ""), layertest.File("sizes/file", "a file"), sized('2', "sizes/symlink", "file"),
			sized('2', "sizes/dangling", "nowhere"), sized('6', "sizes/fifo", ""), layertest.File("sizes/after", "after")), stock: true},
		{name: "link", layer: podman.Layer(layertest.Dir("link"), layertest.File("link/file", "a file"), sized('1', "link/link", "link/file"), layertest.File("link/after", "after")),
			stock: true, warns: "is not a file, but has a size"},
		{name: "whiteout", layer: podman.Layer(layertest.Dir("wh"), layertest.File("wh/before", "before"), layertest.File("wh/.wh.gone", strings.Repeat("content", 100)),
			layertest.File("wh/after", "after"), layertest.File("bin/.wh.vi", "x")), stock: true, warns: "is a whiteout with a content"},
	}
}

// sized is the header of an entry that has no payload, with a size.
func sized(typeflag byte, name, target string) layertest.Entry {
	mode := map[byte]int64{'1': 0o644, '2': 0o777, '5': 0o755, '6': 0o600}[typeflag]
	return layertest.Raw(layertest.RawHeader(typeflag, name, mode, 700, map[int]string{157: target}))
}

// gnuTar returns a layer of sparse files in a directory, as GNU tar makes it: with many
// pieces, with one, with nothing but a hole, and with a hole at the end.
func gnuTar(t *testing.T, dir string, options ...string) []byte {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
		t.Fatal(err)
	}
	const hole = 64 << 10
	for name, pieces := range map[string]int{"many": 40, "one": 1, "none": 0} {
		f, err := os.Create(filepath.Join(root, dir, name))
		for i := range pieces {
			_, err2 := f.WriteAt([]byte(strings.Repeat(name, 1001)), int64(2*i+1)*hole)
			err = errors.Join(err, err2)
		}
		if err = errors.Join(err, f.Truncate(int64(2*pieces+2)*hole), f.Close(), os.Chmod(f.Name(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, dir, "ordinary"), []byte("ordinary"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-C", root, "-cS", "--sort=name", "--owner=0:0", "--group=0:0", "--mtime=@1600000000"}, options...)
	out, err := exec.CommandContext(t.Context(), "tar", append(args, dir)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if len(out) > 1<<20 {
		t.Fatalf("tar %q: %d bytes, the files are not sparse", options, len(out))
	}
	return out
}

// payloadImage returns an image of busybox and the layers that are wanted.
func payloadImage(t *testing.T, c podman.Compression, want func(oddPayload) bool) podman.Image {
	img := image(t)
	img.Compression = c
	for _, o := range oddPayloads(t) {
		if want(o) {
			img.Layers = append(img.Layers, o.layer)
		}
	}
	return img
}

// TestPayloadsPulled pulls layers of which containers/storage could not make the tar again.
// Our podman saves, pushes and checks them, and so does stock podman on the same store.
func TestPayloadsPulled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		podman.Compression
		want func(oddPayload) bool
	}{
		"gzip, as stock takes":         {podman.Gzip, func(o oddPayload) bool { return o.stock }},
		"gzip, no whiteouts":           {podman.Gzip, func(o oddPayload) bool { return o.stock && o.name != "whiteout" }},
		"zstd, as stock takes":         {podman.Zstd, func(o oddPayload) bool { return o.stock }},
		"zstd:chunked, as stock takes": {podman.Chunked, func(o oddPayload) bool { return o.stock && !strings.HasPrefix(o.name, "pax") }}, // its packer breaks sparse files
		"gzip, as stock refuses":       {podman.Gzip, func(o oddPayload) bool { return !o.stock }},
		"zstd, as stock refuses":       {podman.Zstd, func(o oddPayload) bool { return !o.stock }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := payloadImage(t, c.Compression, c.want)
			ref := pushImage(t, img)
			p := podman.New(t, podman.Ours)
			refused := strings.HasSuffix(name, "refuses")
			out, err := p.Command(t.Context(), "pull", "-q", ref).CombinedOutput()
			if warned := strings.Contains(string(out), "stock podman calls layer"); err != nil || warned != refused {
				t.Fatalf("pull: %v: %s", err, out)
			}
			checkLayers(t, p)
			runTool(t, p, "check", "--all")
			checkRepaired(t, p, ref)
			if !refused {
				same(t, "plain and ours", seenPlain(t, img), seen(t, p, ref))
			}
			if name == "gzip, no whiteouts" { // which stock podman lists in mounts of composefs layers
				p.As(podman.Plain).Run("system", "check")
			}
			for _, kind := range []podman.Kind{podman.Ours, podman.Plain} {
				checkSaved(t, p.As(kind), ref, img)
			}
			checkPushed(t, p, ref, img, refused)
		})
	}
}

// checkRepaired has "podman system check" repair a store, in which nothing is damaged.
func checkRepaired(t *testing.T, p *podman.Podman, ref string) {
	t.Helper()
	for _, kind := range []podman.Kind{podman.Ours, podman.Plain} {
		args := []string{"system", "check", "--repair", "--force"}
		if kind == podman.Plain {
			args = append(args, "--quick") // digests, but no files
		}
		p.As(kind).Run(args...)
		p.Run("image", "exists", ref)
	}
}

// checkPushed pushes an image and pulls it into another store, with stock podman if it
// takes the image.
func checkPushed(t *testing.T, p *podman.Podman, ref string, img podman.Image, refused bool) {
	t.Helper()
	q := podman.New(t, podman.Plain)
	if refused {
		q = podman.New(t, podman.Ours)
	}
	p.Run("push", "-q", ref, ref+"/pushed")
	if _, err := q.Try("pull", "-q", ref+"/pushed"); err != nil { // which warns
		t.Error(err)
	} else if got, want := diffIDs(q, ref+"/pushed"), img.DiffIDs(); !slices.Equal(got, want) {
		t.Errorf("pushed layers %q, want %q", got, want)
	}
}

// TestPayloadsLoaded loads layers of such kinds, of which containers/storage writes the
// tar-split. Our podman warns of those that it cannot save, once for each layer, and saves
// the others. The store keeps all of them.
func TestPayloadsLoaded(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.Ours)
	for _, o := range oddPayloads(t) {
		img := podman.Image{Layers: [][]byte{o.layer}, Compression: podman.Gzip}
		dir := t.TempDir()
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		cmd := p.Command(t.Context(), "load", "-q", "-i", dir)
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", o.name, err, &said)
		}
		loaded := strings.TrimPrefix(strings.TrimSpace(string(out)), "Loaded image: ")
		warned := strings.Count(said.String(), "cannot be saved, pushed or checked")
		if want := o.warns != ""; warned > 1 || warned == 1 != want || !strings.Contains(said.String(), o.warns) {
			t.Errorf("%s: it says %s", o.name, &said)
		}
		archive := filepath.Join(t.TempDir(), "archive")
		_, err = p.Try("save", "-q", "-o", archive, loaded)
		if saved := err == nil && digestsIn(t, archive)[img.DiffIDs()[0]]; saved == (o.warns != "") {
			t.Errorf("%s: saved %t, error %v", o.name, saved, err)
		}
	}
}

// TestPayloadsConverted converts plain layers of such kinds where they are. Those stay
// plain that stock podman cannot save either, and convert reports why, and the next step.
func TestPayloadsConverted(t *testing.T) {
	t.Parallel()
	for _, o := range oddPayloads(t) {
		if !o.stock {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			img := image(t, o.layer)
			ref := pushImage(t, img)
			s := podman.NewStore(t)
			s.Podman(t, podman.Plain, podman.Options{}).Run("pull", "-q", ref)
			p := s.Podman(t, podman.Ours, podman.Options{})
			out, err := tool(t, p, "convert", ref).CombinedOutput()
			if o.warns == "" {
				if err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				checkImages(t, p, o.layer)
				checkSaved(t, p, ref, img)
			} else if err == nil || !strings.Contains(string(out), o.warns) || !strings.Contains(string(out), "remove the container image and pull it again") {
				t.Errorf("%v: %s", err, out)
			}
			same(t, "plain and converted", seenPlain(t, img), seen(t, p, ref))
			p.Run("rmi", ref) // as its hint proposes
			p.Run("pull", "-q", ref)
			checkSaved(t, p, ref, img)
		})
	}
}

// checkSaved saves an image to archives, which must have the tars of its layers.
func checkSaved(t *testing.T, p *podman.Podman, ref string, img podman.Image) {
	t.Helper()
	for _, format := range []string{"docker-archive", "oci-archive"} {
		archive := filepath.Join(t.TempDir(), "archive")
		if _, err := p.Try("save", "-q", "--format", format, "-o", archive, ref); err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		found := digestsIn(t, archive)
		for i, id := range img.DiffIDs() {
			if !found[id] {
				t.Errorf("%s, saved by %s, has no layer %d, %s", format, p.Kind, i, id)
			}
		}
	}
}

// digestsIn returns the digests of the files in an archive, and of what gzip makes of them.
func digestsIn(t *testing.T, archive string) map[string]bool {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	found := map[string]bool{}
	for r := tar.NewReader(f); ; {
		if _, err := r.Next(); err == io.EOF {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found[podman.Digest(content)] = true
		z, err := gzip.NewReader(bytes.NewReader(content))
		if err != nil {
			continue
		}
		if content, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
		found[podman.Digest(content)] = true
	}
}
