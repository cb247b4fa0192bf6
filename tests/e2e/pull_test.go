//go:build linux

package e2e_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestPull pulls layers in each compression: all show the tree of the plain driver for
// gzip, and can be run.
func TestPull(t *testing.T) {
	for _, c := range []podman.Compression{podman.Gzip, podman.Zstd, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) {
				img := image(t, rich()...)
				want := seenPlain(t, img)
				img.Compression = c
				ref := pushImage(t, img)
				p.Run("pull", "-q", ref)
				same(t, "wanted and pulled", want, seen(t, p, ref))
				if got := p.Run("run", "--rm", ref, "cat", "/inline", "/hidden/new"); got != strings.Repeat("i", 64)+"new" {
					t.Errorf("cat says %q", got)
				}
				p.Run("system", "check")
				checkLayers(t, p)
			})
		})
	}
}

// TestPullRandomImages compares the trees of random images with their generator's
// model, the times of directories too. The seeds are those of images without a name
// that a tar has twice, which tar-split refuses.
func TestPullRandomImages(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		for _, seed := range []uint64{1178, 1653, 1745, 1785, 1831, 1976, 2396, 2662} {
			random := ociimage.Random(seed)
			ref := pushImage(t, podman.Image{Layers: random.Layers, Compression: podman.Gzip})
			p.Run("pull", "-q", ref)
			got, want, allow := seen(t, p, ref), random.Merged, mounted.Allow{}
			if p.Kind == podman.Plain {
				want, allow = random.Stock, mounted.Allow{DirTimes: true}
			}
			for _, d := range mounted.Compare(got, want, allow) {
				t.Errorf("seed %d: %s", seed, d)
			}
		}
	})
}

// TestPullLayout pulls from a directory, which has no ranges and no parallel layers.
func TestPullLayout(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		img := image(t, rich()...)
		want, dir := seenPlain(t, img), t.TempDir()
		if err := img.WriteLayout(dir); err != nil {
			t.Fatal(err)
		}
		id := p.Run("pull", "-q", "oci:"+dir)
		same(t, "wanted and pulled", want, seen(t, p, id))
		checkLayers(t, p)
	})
}

// TestPullSharedLayers pulls images that have layers in common.
func TestPullSharedLayers(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		layers := many(3)
		for n := range 4 {
			img := image(t, layers[:n]...)
			ref := pushImage(t, img)
			p.Run("pull", "-q", ref)
			same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
		}
		checkLayers(t, p)
	})
}

// TestPullLayersInOtherOrder pulls an image whose layers are there, but upon others.
func TestPullLayersInOtherOrder(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		layers := many(3)
		pull(t, p, layers...)
		img := image(t, layers[2], layers[1], layers[0])
		ref := pushImage(t, img)
		p.Run("pull", "-q", ref)
		same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
		if p.Kind != podman.Plain { // which shows the names of whiteouts with nothing below
			p.Run("system", "check")
		}
		checkLayers(t, p)
	})
}

// TestPullWithoutRanges pulls from a registry that cannot serve parts of layers.
func TestPullWithoutRanges(t *testing.T) {
	for _, c := range []podman.Compression{podman.Gzip, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			both(t, func(t *testing.T, p *podman.Podman) {
				img := image(t, rich()...)
				want := seenPlain(t, img)
				img.Compression = c
				_, name, _ := strings.Cut(pushImage(t, img), "/")
				ref := withoutRanges(t) + "/" + name
				if _, err := p.Try("pull", "-q", ref); err != nil { // it may warn
					t.Fatal(err)
				}
				same(t, "wanted and pulled", want, seen(t, p, ref))
			})
		})
	}
}

// withoutRanges passes requests on to the registry, but for that for ranges, and
// returns its own address.
func withoutRanges(t *testing.T) string {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: podman.SharedRegistry(t).Addr})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Range")
		proxy.ServeHTTP(w, r)
	})}
	return serve(t, server)
}
