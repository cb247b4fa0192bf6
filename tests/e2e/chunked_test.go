//go:build linux

package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// whole is logged of a zstd:chunked layer that is downloaded as a whole, partly of one of which the
// differ takes known files from the store.
const (
	whole  = "is downloaded as a whole"
	partly = "bytes out of"
)

// logs runs podman, which must succeed, and returns all that it logs.
func logs(t *testing.T, p *podman.Podman, args ...string) string {
	t.Helper()
	out, err := p.Command(t.Context(), append([]string{"--log-level=debug"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// noise returns a layer of n files of 20,000 bytes that do not compress, of which seeds
// count from the given one, and a small one.
func noise(first, n int) []byte {
	entries := []layertest.Entry{layertest.Dir("noise"), layertest.File("noise/first", fmt.Sprint(first))}
	for i := range n {
		content := make([]byte, 20_000)
		_, _ = rand.NewChaCha8([32]byte{byte(first + i), byte((first + i) >> 8)}).Read(content)
		entries = append(entries, layertest.File(fmt.Sprintf("noise/%d", first+i), string(content)))
	}
	return podman.Layer(entries...)
}

// pushChunked pushes an image of busybox and further layers as zstd:chunked.
func pushChunked(t *testing.T, name string, layers ...[]byte) (ref string, img podman.Image) {
	t.Helper()
	img = image(t, layers...)
	img.Compression = podman.Chunked
	return podman.SharedRegistry(t).Push(t, imageName(t)+"-"+name, img), img
}

// counted passes requests on to the registry, counts the bytes of the answers, and
// returns its own address.
func counted(t *testing.T, count *atomic.Int64, change func(r *http.Response)) string {
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: podman.SharedRegistry(t).Addr})
	proxy.ModifyResponse = func(r *http.Response) error {
		if change != nil {
			change(r)
		}
		r.Body = countedBody{r.Body, count}
		return nil
	}
	return serve(t, &http.Server{Handler: proxy})
}

type countedBody struct {
	io.ReadCloser
	count *atomic.Int64
}

func (c countedBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.count.Add(int64(n))
	return n, err
}

// chunkedLayer is what containers/storage keeps of a zstd:chunked layer.
type chunkedLayer struct {
	ID         string   `json:"id"`
	DiffID     string   `json:"diff-digest"`
	Compressed string   `json:"compressed-diff-digest"`
	TOC        string   `json:"toc-digest"`
	Size       int      `json:"diff-size"`
	BigData    []string `json:"big-data-names"`
}

// chunkedLayers returns the layers of a store by their diffIDs.
func chunkedLayers(t *testing.T, p *podman.Podman) map[string]chunkedLayer {
	t.Helper()
	var list []chunkedLayer
	readJSON(t, filepath.Join(p.Store.Root, "overlay-layers/layers.json"), &list)
	layers := map[string]chunkedLayer{}
	for _, l := range list {
		layers[l.DiffID] = l
	}
	return layers
}

// TestChunkedWhole pulls into a store that has nothing: layers are downloaded as a whole,
// and of each is kept what later pulls look for. Another image of the same layers is then
// not downloaded, nor is it by stock podman.
func TestChunkedWhole(t *testing.T) {
	for _, other := range []podman.Kind{podman.Plain, podman.StockComposefs, podman.Ours} {
		t.Run(other.String(), func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			addr := counted(t, &count, nil)
			ref, img := pushChunked(t, "image", rich()[0], noise(0, 30))
			_, name, _ := strings.Cut(ref, "/")
			p := podman.New(t, podman.Ours)
			if got := strings.Count(logs(t, p, "pull", "-q", addr+"/"+name), whole); got != len(img.Layers) {
				t.Errorf("%d layers were downloaded as a whole, want %d", got, len(img.Layers))
			}
			layers := chunkedLayers(t, p)
			for i, id := range img.DiffIDs() {
				l, ok := layers[id]
				if !ok || l.Compressed == "" || l.TOC == "" || l.Size != len(img.Layers[i]) || !slices.Contains(l.BigData, "zstd-chunked-manifest") || !slices.Contains(l.BigData, "zstd-chunked-layer-data") {
					t.Errorf("layer %d is %+v", i, l)
				}
			}
			checkLayers(t, p)
			p.Run("system", "check")

			count.Store(0)
			again, _ := pushChunked(t, "again", img.Layers[1:]...)
			_, name, _ = strings.Cut(again, "/")
			q := p.As(other)
			q.Run("pull", "-q", addr+"/"+name)
			if count.Load() > 20_000 {
				t.Errorf("%d bytes were downloaded again", count.Load())
			}
			same(t, "wanted and pulled", seenPlain(t, img), seen(t, q, addr+"/"+name), "/")
		})
	}
}

// TestChunkedPartly pulls a second version of an image whose layers were downloaded as a
// whole, with ours and with stock podman: files common to the versions are not
// downloaded.
func TestChunkedPartly(t *testing.T) {
	for _, other := range []podman.Kind{podman.StockComposefs, podman.Ours} {
		t.Run(other.String(), func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			addr := counted(t, &count, nil)
			version := func(first int) (name string, img podman.Image) {
				ref, img := pushChunked(t, fmt.Sprint(first), noise(first, 50))
				_, name, _ = strings.Cut(ref, "/")
				return addr + "/" + name, img
			}
			p := podman.New(t, podman.Ours)
			ref, _ := version(0)
			p.Run("pull", "-q", ref)
			whole1 := count.Swap(0)

			q := p.As(other)
			ref, img := version(5)
			if out := logs(t, q, "pull", "-q", ref); !strings.Contains(out, partly) || strings.Contains(out, whole) {
				t.Error("the second version was not downloaded partly")
			}
			if got := count.Swap(0); got > whole1/3 {
				t.Errorf("%d bytes were downloaded of the second version, %d of the first", got, whole1)
			}
			same(t, "wanted and pulled", seenPlain(t, img), seen(t, q, ref), "/")

			p = p.As(podman.Ours)
			ref, img = version(53) // has 2 of 50 files in common with it
			if out := logs(t, p, "pull", "-q", ref); strings.Contains(out, partly) || strings.Count(out, whole) != 1 {
				t.Error("a third version, which has little in common, was not downloaded as a whole")
			}
			same(t, "wanted and pulled", seenPlain(t, img), seen(t, p, ref))
			p.Run("system", "check")
			p.Run("rmi", "-af")
		})
	}
}

// TestChunkedTransfer pushes and saves an image that was downloaded as a whole.
func TestChunkedTransfer(t *testing.T) {
	t.Parallel()
	ref, img := pushChunked(t, "image", rich()...)
	p := podman.New(t, podman.Ours)
	p.Run("pull", "-q", ref)
	want, ids := seenPlain(t, img), img.DiffIDs()
	archive := filepath.Join(t.TempDir(), "archive")
	p.Run("save", "-q", "--format", "oci-archive", "-o", archive, ref)
	p.Run("push", "-q", ref, ref+"/same")
	p.Run("push", "-q", "--force-compression", "--compression-format", "zstd:chunked", ref, ref+"/again")
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		q := podman.New(t, kind)
		loaded := strings.TrimPrefix(q.Run("load", "-q", "-i", archive), "Loaded image: ")
		same(t, "wanted and loaded", want, seen(t, q, loaded))
		for _, name := range []string{"/same", "/again"} {
			q := podman.New(t, kind)
			q.Run("pull", "-q", ref+name)
			if got := diffIDs(q, ref+name); !slices.Equal(got, ids) {
				t.Errorf("%s: layers %q, want %q", name, got, ids)
			}
			same(t, "wanted and pulled", want, seen(t, q, ref+name))
		}
	}
}

// flipInTransit returns a registry's answer for a blob, with one bit flipped.
func flipInTransit(at int64) func(r *http.Response) {
	return func(r *http.Response) {
		if !strings.Contains(r.Request.URL.Path, "/blobs/") || r.Request.Method != http.MethodGet {
			return
		}
		var offset int64
		_, _ = fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-", &offset)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if i := at - offset; i >= 0 && i < int64(len(body)) && len(body) > 5000 {
			body[i] ^= 1
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
}

// TestChunkedTampered pulls layers that do not match their manifest. Nothing may be
// left of them.
func TestChunkedTampered(t *testing.T) {
	flipped := func(at func(size int) int) func(int, []byte, map[string]string) []byte {
		return func(_ int, b []byte, _ map[string]string) []byte {
			return flip(b, at(len(b)))
		}
	}
	for name, c := range map[string]struct {
		forge  func(int, []byte, map[string]string) []byte
		change func(r *http.Response)
	}{
		"in transit": {nil, flipInTransit(300_000)},
		"content":    {flipped(func(size int) int { return size / 2 }), nil},
		"table":      {flipped(func(size int) int { return size - 1000 }), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img := podman.Image{Layers: [][]byte{noise(0, 30)}, Compression: podman.Chunked, Forge: c.forge}
			ref := pushImage(t, img)
			_, path, _ := strings.Cut(ref, "/")
			p := podman.New(t, podman.Ours)
			out, err := p.Try("pull", "-q", counted(t, new(atomic.Int64), c.change)+"/"+path)
			if err == nil {
				t.Errorf("it was pulled: %s", out)
			}
			if out := p.Run("images", "-aq"); out != "" {
				t.Errorf("images: %s", out)
			}
			if left := glob(t, p.Store.Root, "overlay-composefs/objects/*/*"); len(left) > 0 {
				t.Errorf("%d objects are left", len(left))
			}
			p.Run("system", "check")
		})
	}
}
