//go:build linux

package e2e_test

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestPushAfterPull pulls an image and pushes it to the same registry, with another tag and to another repository. As with
// plain podman, the registry gets the same manifest and no layer again. No cache of blobs knows the layers: they are new.
func TestPushAfterPull(t *testing.T) {
	for _, c := range []podman.Compression{podman.None, podman.Gzip, podman.Zstd, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			img := podman.Image{Compression: c, Cmd: []string{"sh"}, Layers: [][]byte{
				podman.Layer(layertest.File("one", strings.Repeat(rand.Text(), 1000))),
				podman.Layer(layertest.File("two", strings.Repeat(rand.Text(), 1000))),
			}}
			said := map[podman.Kind]string{}
			for _, kind := range []podman.Kind{podman.Ours, podman.Plain} { // as root they share a cache
				p := podman.New(t, kind)
				name := fmt.Sprint(imageName(t), "-", kind)
				podman.SharedRegistry(t).Push(t, name, img)
				var uploaded atomic.Int64
				registry := countedUploads(t, &uploaded)
				p.Run("pull", "-q", registry+"/"+name)
				checkLayers(t, p)
				for _, to := range []string{":again", "-second:latest"} {
					uploaded.Store(0)
					p.Run("push", "-q", registry+"/"+name, registry+"/"+name+to)
					said[kind] += fmt.Sprintf("%s: %d bytes\n%s\n", to, uploaded.Load(), registryManifest(t, registry, name+to))
				}
				for _, layer := range img.Pack(t).Layers {
					if strings.Count(said[kind], layer) != 2 {
						t.Errorf("%s: layer %s is not in both manifests", kind, layer)
					}
				}
			}
			if said[podman.Ours] != said[podman.Plain] {
				t.Errorf("got\n%s\nwant, as plain podman uploads\n%s", said[podman.Ours], said[podman.Plain])
			}
		})
	}
}

// countedUploads passes requests on to the registry, counts the bytes of uploaded blobs, and returns its own address.
func countedUploads(t *testing.T, count *atomic.Int64) string {
	t.Helper()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: podman.SharedRegistry(t).Addr})
	return serve(t, &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/blobs/uploads/") {
			r.Body = countedBody{r.Body, count}
		}
		proxy.ServeHTTP(w, r)
	})})
}

// registryManifest returns the manifest of an image, a name with a tag, in a registry.
func registryManifest(t *testing.T, registry, image string) string {
	t.Helper()
	name, tag, _ := strings.Cut(image, ":")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s/v2/%s/manifests/%s", registry, name, tag), nil)
	must(t, err)
	request.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json")
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(response.Body)
	must(t, err)
	return string(body)
}
