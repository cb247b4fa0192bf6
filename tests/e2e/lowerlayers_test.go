//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestConvertLowerLayers converts layers in place that podman 6 has made: they keep the
// record of what lies below them.
func TestConvertLowerLayers(t *testing.T) {
	t.Parallel()
	p := podman.New(t, podman.OursOff)
	ref := pull(t, p, rich()...)
	want := seen(t, p, ref)
	home := filepath.Join(p.Store.Root, "overlay")
	files := map[string]string{}
	for _, lower := range glob(t, home, "*/lower") {
		text, err := os.ReadFile(lower)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for link := range strings.SplitSeq(string(text), ":") {
			to, err := os.Readlink(filepath.Join(home, link))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, filepath.Base(filepath.Dir(to)))
		}
		files[lower] = string(text)
		files[lower+"-layers"] = strings.Join(ids, ":")
		writeFile(t, filepath.Dir(lower), "lower-layers", strings.Join(ids, ":"))
	}
	if len(files) < 4 {
		t.Fatalf("too few layers: %v", files)
	}
	ours := p.As(podman.Ours)
	runTool(t, ours, "convert", "--all")
	if n := len(glob(t, home, "*/composefs-data/composefs.blob")); n != len(files)/2+1 {
		t.Errorf("%d layers are composefs, of %d", n, len(files)/2+1)
	}
	for name, text := range files {
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("%s: %q, %v; was %q", name, got, err, text)
		}
	}
	same(t, "plain and converted", want, seen(t, ours, ref), "/")
	runTool(t, ours, "check", "--all")
	ours.Run("rmi", ref)
	checkEmpty(t, ours)
}
