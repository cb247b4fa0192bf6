//go:build linux

package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertInUse leaves the layers of a mount alone, and converts below containers that are
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
			ours := s.Podman(t, podman.Ours, podman.Options{Overlay: map[string]string{"mountopt": "nodev"}})

			out, err := tool(t, ours, "convert", "--all").CombinedOutput()
			if err == nil || strings.Count(string(out), "in use: container runs is mounted") < 2 || !strings.Contains(string(out), "\nhint: ") {
				t.Errorf("in use: %v: %s", err, out)
			}
			mountedToo(t, p, ours, ref)
			if !strings.Contains(string(out), "converted: 1 file,") {
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

// mountedToo mounts the image of the container "runs", and looks for both in the output of convert.
func mountedToo(t *testing.T, p, ours *podman.Podman, ref string) {
	t.Helper()
	p.Run("image", "mount", ref)
	defer p.Run("image", "unmount", ref)
	want := "in use: container runs, image " + ref + ":latest are mounted"
	if out, err := tool(t, ours, "convert", ref).CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v: %s, want %s", err, out, want)
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
	if err == nil || strings.Count(string(out), "stays: it is in store "+theirs.Store.Root+", which is only read") != 2 {
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
				for _, why := range []string{"in use", "another process has changed it", "no store has it", "does not list it", "it is incomplete", "no such file"} {
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

// changed returns podman's list of a container's changes, sorted.
func changed(p *podman.Podman, container string) string {
	lines := strings.Split(p.Run("diff", container), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
