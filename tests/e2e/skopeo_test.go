//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestSkopeoKeepsDigests copies an image from a registry into a store, from there to all
// places that skopeo supports, and from each of them into another store. A place keeps the same
// digests of manifest, configuration and layers as of plain overlay.
func TestSkopeoKeepsDigests(t *testing.T) {
	for _, c := range []podman.Compression{podman.None, podman.Gzip, podman.Chunked} {
		t.Run(string(c), func(t *testing.T) {
			likePlain(t, func(t *testing.T, p *podman.Podman) string {
				img := image(t, rich()...)
				img.Compression = c
				ref, want := pushImage(t, img), img.Pack(t)
				skopeo := p.Tool("skopeo")
				skopeo.Run("copy", "-q", "docker://"+ref, "containers-storage:there")
				if got := p.Run("image", "inspect", "--format", "{{.Digest}} sha256:{{.Id}}", "there"); got != podman.Digest(want.Manifest)+" "+want.Config {
					t.Errorf("there are %s", got)
				}
				checkLayers(t, p)
				said := ""
				for name, place := range places(p.Store.Dir, ref+"/copied") {
					skopeo.Run("copy", "-q", "containers-storage:there", place)
					said += fmt.Sprintf("%s: %s\n", name, digestsAt(t, skopeo, place))

					q := podman.New(t, p.Kind)
					q.Tool("skopeo").Run("copy", "-q", place, "containers-storage:back")
					if got := diffIDs(q, "back"); !slices.Equal(got, img.DiffIDs()) {
						t.Errorf("%s: layers %q, want %q", name, got, img.DiffIDs())
					}
					said += fmt.Sprintf("%s, in a store: %s %s\n", name, q.Run("images", "-q", "--no-trunc"), digestsAt(t, q.Tool("skopeo"), "containers-storage:back"))
					checkLayers(t, q)
					same(t, name, seenPlain(t, img), seen(t, q, "back"), "/")
				}
				p.Run("system", "check")
				return sorted(said)
			})
		})
	}
}

// places are where skopeo copies images to, by their kind.
func places(dir, ref string) map[string]string {
	return map[string]string{
		"oci": "oci:" + dir + "/oci:x", "oci-archive": "oci-archive:" + dir + "/oci.tar:x", "dir": "dir:" + dir + "/dir",
		"docker-archive": "docker-archive:" + dir + "/docker.tar:x:latest", "docker": "docker://" + ref,
	}
}

// digestsAt returns the digests of an image: of the manifest, and those in it of the
// configuration and the layers.
func digestsAt(t *testing.T, skopeo *podman.Podman, place string) string {
	t.Helper()
	raw := skopeo.Run("inspect", "--raw", place)
	var manifest struct {
		Config struct{ Digest string }
		Layers []struct{ Digest string }
	}
	if err := json.Unmarshal([]byte(raw), &manifest); err != nil {
		t.Fatalf("manifest of %s: %v", place, err)
	}
	return fmt.Sprint(podman.Digest([]byte(raw)), manifest)
}

// TestSkopeoRoundTrip copies an image without compression from a directory into a store
// and back: all blobs are those that were there, to the byte. With compression the store
// has to refuse to give them, as it does without composefs.
func TestSkopeoRoundTrip(t *testing.T) {
	for _, c := range []podman.Compression{podman.None, podman.Gzip} {
		t.Run(string(c), func(t *testing.T) {
			likePlain(t, func(t *testing.T, p *podman.Podman) string {
				img := image(t, rich()...)
				img.Compression = c
				from, to, dir := filepath.Join(p.Store.Dir, "from"), filepath.Join(p.Store.Dir, "to"), filepath.Join(p.Store.Dir, "dir")
				if err := img.WriteLayout(from); err != nil {
					t.Fatal(err)
				}
				skopeo := p.Tool("skopeo")
				skopeo.Run("copy", "-q", "oci:"+from, "containers-storage:there")
				_, err := skopeo.Try("copy", "-q", "--preserve-digests", "--dest-oci-accept-uncompressed-layers", "containers-storage:there", "oci:"+to)
				_, err2 := skopeo.Try("copy", "-q", "--preserve-digests", "containers-storage:there", "dir:"+dir)
				if c == podman.None {
					if err != nil || err2 != nil {
						t.Fatal(err, err2)
					}
					want := img.Pack(t)
					all := maps.Clone(want.Blobs)
					all[podman.Digest(want.Manifest)] = want.Manifest
					sameBlobs(t, filepath.Join(to, "blobs/sha256"), all)
					sameBlobs(t, dir, want.Blobs)
				}
				return fmt.Sprint(err == nil, err2 == nil)
			})
		})
	}
}

// sameBlobs checks that a directory has blobs by their digests and no others.
func sameBlobs(t *testing.T, dir string, want map[string][]byte) {
	t.Helper()
	for digest, data := range want {
		got, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(digest, "sha256:")))
		if err != nil || string(got) != string(data) {
			t.Errorf("%s has %d bytes, want %d, %v", digest, len(got), len(data), err)
		}
	}
	if found := glob(t, dir, strings.Repeat("[0-9a-f]", 64)); len(found) != len(want) {
		t.Errorf("%s has %d blobs, want %d", dir, len(found), len(want))
	}
}
