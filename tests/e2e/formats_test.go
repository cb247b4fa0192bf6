//go:build linux

package e2e_test

import (
	"archive/tar"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestFormats pulls layers in every format that is converted while it is downloaded. The
// records of the store are those of the plain driver, as far as record goes, and the tars of a saved
// image are the packed ones, to the last byte.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []podman.Compression{podman.None, podman.Gzip, podman.GzipMembers, podman.Zstd, podman.ZstdFrames} {
		t.Run(string(c), func(t *testing.T) {
			img := victim(c)
			img.Layers[1] = append(img.Layers[1], make([]byte, 5000)...) // more zeros than a tar needs
			s := newSite(t, img)
			plain, ours := podman.New(t, podman.Plain), podman.New(t, podman.Ours)
			plain.Run("pull", "-q", s.ref)
			for _, layer := range s.Layers {
				s.requests(layer)
			}
			ours.Run("pull", "-q", s.ref)
			for _, layer := range s.Layers {
				all := fmt.Sprintf("0-%d", len(s.Blobs[layer])-1)
				if got := s.requests(layer); !slices.Equal(got, []string{all}) {
					t.Errorf("requests %q, want %q", got, all)
				}
			}
			same(t, "plain and ours", seen(t, plain, s.ref), seen(t, ours, s.ref))
			if got, want := recorded(t, ours), recorded(t, plain); !reflect.DeepEqual(got, want) {
				t.Errorf("layers.json has\n%+v\nand, by the plain driver,\n%+v", got, want)
			}
			archive := filepath.Join(ours.Store.Dir, "archive")
			ours.Run("save", "-q", "-o", archive, s.ref)
			if got, want := tarsIn(t, archive), slices.Sorted(slices.Values(img.DiffIDs())); !slices.Equal(got, want) {
				t.Errorf("saved layers %q, want %q", got, want)
			}
			ours.Run("system", "check")
			checkLayers(t, ours)
		})
	}
}

// record is the store's record of a layer. Left out are compressed-size and compression:
// containers/storage keeps neither of layers that are staged, and the plain driver's are not.
type record struct {
	ID     string   `json:"id"`
	Parent string   `json:"parent"`
	DiffID string   `json:"diff-digest"`
	Size   int64    `json:"diff-size"`
	Blob   string   `json:"compressed-diff-digest"`
	UIDs   []uint32 `json:"uidset"`
	GIDs   []uint32 `json:"gidset"`
}

// recorded returns the records of a store, sorted by ID.
func recorded(t *testing.T, p *podman.Podman) (all []record) {
	t.Helper()
	readJSON(t, filepath.Join(p.Store.Root, "overlay-layers/layers.json"), &all)
	slices.SortFunc(all, func(a, b record) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) })
	for _, r := range all {
		slices.Sort(r.UIDs)
		slices.Sort(r.GIDs)
	}
	return all
}

// tarsIn returns the digests of the layers in a docker archive, sorted.
func tarsIn(t *testing.T, archive string) (all []string) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return slices.Sorted(slices.Values(all))
		}
		content, err2 := io.ReadAll(r)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if h.Typeflag == tar.TypeReg && filepath.Ext(h.Name) == ".tar" {
			all = append(all, podman.Digest(content))
		}
	}
}
