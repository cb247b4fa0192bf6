package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// tool returns a command of composefs-storage on the store of p.
func tool(t *testing.T, p *podman.Podman, args ...string) *exec.Cmd {
	t.Helper()
	program, err := filepath.Abs("../../bin/composefs-storage")
	if err != nil {
		t.Fatal(err)
	}
	needs.Built(t, program, "make build")
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = p.Command(t.Context()).Env
	return cmd
}

// runTool runs composefs-storage and returns what it prints.
func runTool(t *testing.T, p *podman.Podman, args ...string) string {
	t.Helper()
	out, err := tool(t, p, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
	return string(out)
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

// TestConvert converts images that were pulled without composefs, with stock composefs and
// by turns. They then are what a pull with composefs would have made of them.
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
		if st.Mode != syscall.S_IFREG|0o600 || st.Uid != 0 || st.Gid != 0 {
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
		if c.Err == "" && c.Stock != layertest.Refuses {
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

// TestConvertInUse leaves alone what a mount has, and converts below containers that are
// stopped: these keep their changes.
func TestConvertInUse(t *testing.T) {
	for _, options := range []string{"nodev", "nodev,metacopy=on"} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			s := podman.NewStore(t)
			p := s.Podman(t, podman.Plain, podman.Options{Overlay: map[string]string{"mountopt": options}})
			ref := pull(t, p, rich()...)
			other := podman.SharedRegistry(t).Push(t, imageName(t)+"/other", image(t, podman.Layer(layertest.File("other", strings.Repeat("o", 100)))))
			p.Run("pull", "-q", other)
			script := changes
			metacopy := strings.Contains(options, "metacopy") // then differences are made by comparing mounts, which overlooks some
			if metacopy {
				script = strings.ReplaceAll(script, "ln /usr/bin/ping /usr/bin/pong\n", "")
			}
			p.Run("run", "--name", "box", ref, "sh", "-c", "test ! -e /moved || exit 0\n"+script)
			diff := changed(p, "box")
			want := seenByContainer(t, p, "box")
			p.Run("run", "-d", "--name", "runs", ref, "sleep", "1000")
			ours := p.As(podman.Ours)

			out, err := tool(t, ours, "convert", "--all").CombinedOutput()
			if err == nil || strings.Count(string(out), "in use") < 2 || !strings.Contains(string(out), "\nhint: ") {
				t.Errorf("in use: %v: %s", err, out)
			}
			if !strings.Contains(string(out), "converted: 1 files") {
				t.Errorf("the other image's layer was not converted: %s", out)
			}
			p.Run("exec", "runs", "cat", "/home/big")
			p.Run("rm", "-f", "-t0", "runs")
			if err := s.Settle(); err != nil {
				t.Fatal(err)
			}
			runTool(t, ours, "convert", "--all")
			same(t, "before and after", want, seenByContainer(t, ours, "box"))
			if got := changed(ours, "box"); got != diff && !metacopy {
				t.Errorf("podman diff says\n%s\nwas\n%s", got, diff)
			}
			ours.Run("commit", "-q", "box", "committed")
			same(t, "container and committed", want, seen(t, ours, "committed"))
			ours.Run("start", "-a", "box")
			ours.Run("rm", "box")
		})
	}
}

// TestConvertStores converts images in a store of their own, and leaves alone those of an
// additional one.
func TestConvertStores(t *testing.T) {
	t.Parallel()
	layers := rich()
	theirs := podman.New(t, podman.Plain)
	shared := pull(t, theirs, layers[0])
	s := podman.NewStore(t)
	options := podman.Options{ImageStore: filepath.Join(s.Dir, "images"), Additional: []string{theirs.Store.Root}}
	plain := s.Podman(t, podman.Plain, options)
	own := podman.SharedRegistry(t).Push(t, imageName(t)+"/own", podman.Image{Layers: layers, Compression: podman.Gzip})
	plain.Run("pull", "-q", own)
	want := seen(t, plain, own)
	p := plain.As(podman.Ours)
	before := listing(t, theirs.Store.Root)
	out, err := tool(t, p, "convert", "--all").CombinedOutput()
	if err == nil || strings.Count(string(out), "stays: it is in a store that is only read") != 2 {
		t.Errorf("%v: %s", err, out)
	}
	if after := listing(t, theirs.Store.Root); after != before {
		t.Errorf("the additional store was\n%s\nand is\n%s", before, after)
	}
	same(t, "plain and converted", want, seen(t, p, own))
	if blobs := glob(t, s.Dir, "images/overlay/*/composefs-data/composefs.blob"); len(blobs) != len(layers) {
		t.Errorf("%d of %d layers are composefs", len(blobs), len(layers))
	}
	p.Run("run", "--rm", shared, "cat", "/home/big")
	p.Run("system", "check")
}

// TestConvertAtOnce converts while others run, pull and remove, twice at the same time.
func TestConvertAtOnce(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	plain := s.Podman(t, podman.Plain, podman.Options{})
	layers := many(6)
	stays := pull(t, plain, layers...)
	comes := podman.SharedRegistry(t).Push(t, imageName(t)+"/comes", image(t, layers[:3]...))
	p := plain.As(podman.Ours)
	want := seenPlain(t, image(t, layers...))
	atOnce(t, 4, func(i int) error {
		for range 5 {
			var err error
			switch i {
			case 0, 1:
				out, failed := tool(t, p, "convert", "--all").CombinedOutput()
				for _, why := range []string{"in use", "changed meanwhile", "no store has it", "does not list it", "it is incomplete", "no such file"} {
					if failed != nil && strings.Contains(string(out), why) {
						failed = nil
					}
				}
				if failed != nil {
					err = fmt.Errorf("%w: %s", failed, out)
				}
			case 2:
				var got string
				if got, err = p.Try("run", "--rm", stays, "cat", "/layers/last"); err == nil && !strings.HasPrefix(got, "5 is the last") {
					err = fmt.Errorf("the file has %q", got)
				}
			case 3:
				if err = pullAgain(plain, comes); err == nil {
					_, err = plain.Try("rmi", "-f", comes)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	runTool(t, p, "convert", "--all")
	checkImages(t, p, layers...)
	same(t, "plain and converted", want, seen(t, p, stays))
	p.Run("system", "check", "-m", "1h")
	p.Run("rmi", "-af")
	runTool(t, p, "gc")
	checkEmpty(t, p)
}

// changed returns what podman says of a container's changes, sorted.
func changed(p *podman.Podman, container string) string {
	lines := strings.Split(p.Run("diff", container), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestConvertKilled kills conversions at random instants. Then every image is whole, and
// another one finishes.
func TestConvertKilled(t *testing.T) {
	t.Parallel()
	layers := append(many(6), rich()...)
	img := image(t, layers...)
	want := seenPlain(t, img)
	ref := pushImage(t, img)
	r := rand.New(rand.NewPCG(6, 18))
	killed := 0
	took := time.Second
	for round := range 8 {
		s := podman.NewStore(t)
		plain := s.Podman(t, podman.Plain, podman.Options{})
		plain.Run("pull", "-q", ref)
		p := plain.As(podman.Ours)
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.Int64N(int64(took))))
			base := tool(t, p, "convert", "--all")
			cmd := exec.CommandContext(ctx, base.Path, base.Args[1:]...)
			cmd.Env = base.Env
			if round%2 == 1 {
				cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
			}
			if cmd.Run() != nil {
				killed++
			}
			cancel()
			same(t, fmt.Sprint("round ", round), want, seen(t, p, ref))
			plain.Run("system", "check", "-m", "1h")
		}
		start := time.Now()
		runTool(t, p, "convert", "--all")
		if round == 0 {
			took = min(took, 2*time.Since(start))
		}
		checkImages(t, p, layers...)
		same(t, "finished", want, seen(t, p, ref))
		dry, wet := collected(t, p, "--dry-run"), collected(t, p)
		if dry.counts != wet.counts {
			t.Errorf("a dry run says %+v, then %+v was collected", dry, wet)
		}
		checkPool(t, p)
		if staged := glob(t, s.Root, "overlay-composefs/staging/*"); len(staged) > 0 {
			t.Errorf("left over: %q", staged)
		}
		p.Run("rmi", "-af")
		checkEmpty(t, p)
	}
	t.Logf("%d were ended early", killed)
}

// counts are the figures of "composefs-storage gc".
type counts struct {
	Objects, Images, Leftovers int
	Bytes                      int64
}

type collection struct {
	counts
	Busy bool
}

// collected runs "composefs-storage gc" on a store with one pool.
func collected(t *testing.T, p *podman.Podman, args ...string) collection {
	t.Helper()
	var list []collection
	out := runTool(t, p, append([]string{"gc", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return list[0]
}
