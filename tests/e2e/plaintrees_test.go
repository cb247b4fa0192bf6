//go:build linux

package e2e_test

import (
	"archive/tar"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// stayPlain are the states in which our driver converts no layer of a pull, although
// storage.conf asks for it, or for a part of it.
var stayPlain = map[string]func(t *testing.T) *podman.Podman{
	"use_composefs false": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.OursOff, podman.Options{Overlay: map[string]string{"use_composefs": "false"}, Pull: podman.Convert})
	},
	"use_composefs unset": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.OursOff, podman.Options{Overlay: map[string]string{"use_composefs": ""}, Pull: podman.Convert})
	},
	"convert_images unset": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.OursOff, podman.Options{Overlay: map[string]string{"use_composefs": "true"}, Pull: partial})
	},
	"partial pulls only": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.OursOff, podman.Options{Pull: partial})
	},
	"incompatible option": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.Ours, podman.Options{Overlay: map[string]string{"ignore_chown_errors": "true"}})
	},
	"old kernel": func(t *testing.T) *podman.Podman { return onKernel(t, oldkernel.Linux6_4) },
	"layers on another file system": func(t *testing.T) *podman.Podman {
		p := podman.New(t, podman.Ours)
		mountTmpfs(t, filepath.Join(p.Store.Root, "overlay"))
		return p
	},
}

// stayPlainRootless are those states without root.
var stayPlainRootless = map[string]func(t *testing.T) *podman.Podman{
	"no /dev/fuse": func(t *testing.T) *podman.Podman { return withoutFUSE(t, "") },
	`rootless = "plain"`: func(t *testing.T) *podman.Podman {
		return rootless(t, podman.Ours, `rootless = "plain"`)
	},
	"partial pulls only": func(t *testing.T) *podman.Podman {
		return ourStore(t, podman.OursOff, podman.Options{Rootless: true, Pull: partial})
	},
}

// partial are the pull options that have parts of zstd:chunked layers downloaded.
var partial = map[string]string{"enable_partial_images": "true"}

func ourStore(t *testing.T, kind podman.Kind, opts podman.Options) *podman.Podman {
	return podman.NewStore(t).Podman(t, kind, opts)
}

// mountTmpfs mounts a file system on a directory of a store, which unmounts it. It is mounted
// many times, because the stock driver unmounts its home whenever a podman ends.
func mountTmpfs(t *testing.T, dir string) {
	t.Helper()
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = unix.Mount("tmpfs", dir, "tmpfs", 0, "size=128m")
	}
	for range 20 {
		if err == nil {
			err = unix.Mount(dir, dir, "", unix.MS_BIND, "")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPlainTrees pulls random images in all states in which layers stay plain. Their
// directories have to be those that stock podman unpacks, without composefs and
// partial pulls, for the same user.
func TestPlainTrees(t *testing.T) {
	for _, c := range []struct {
		rootless bool
		states   map[string]func(t *testing.T) *podman.Podman
	}{{false, stayPlain}, {true, stayPlainRootless}} {
		var refs []string
		judge := ourStore(t, podman.Plain, podman.Options{Rootless: c.rootless})
		for i, compression := range []podman.Compression{podman.Gzip, podman.Zstd, podman.Chunked} {
			img := podman.Image{Layers: append(randomLayers(t, uint64(3*i), c.rootless, compression), impliedLayers(string(compression))...), Compression: compression}
			refs = append(refs, podman.SharedRegistry(t).Push(t, fmt.Sprintf("%s-%t-%d", imageName(t), c.rootless, i), img))
			logs(t, judge, "pull", "-q", refs[i])
		}
		t.Run(fmt.Sprintf("rootless %t", c.rootless), func(t *testing.T) { // which the judge outlives
			for name, state := range c.states {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					p := state(t)
					for _, ref := range refs {
						if out := logs(t, p, "pull", "-q", ref); strings.Contains(out, "Retrieved partial blob") {
							t.Errorf("%s: a layer was not downloaded the ordinary way", ref)
						}
					}
					sameLayers(t, judge, p)
				})
			}
		})
	}
}

// randomLayers returns the layers of a random image without the entries that podman refuses:
// second ones of a name, devices and the ids of others without root, and in a table of
// contents, before the driver is asked, global headers and names that are not UTF-8.
func randomLayers(t *testing.T, seed uint64, rootless bool, c podman.Compression) [][]byte {
	t.Helper()
	img := ociimage.Random(seed)
	for len(img.Layers) > 3 {
		seed++
		img = ociimage.Random(seed)
	}
	for i, l := range img.Layers {
		seen, gone := map[string]bool{}, map[string]bool{}
		var err error
		img.Layers[i], err = ociimage.Rewrite(l, func(hdr *tar.Header) bool {
			name := path.Clean("/" + hdr.Name)
			if seen[name] || c == podman.Chunked && (hdr.Typeflag == tar.TypeXGlobalHeader || !utf8.ValidString(hdr.Name+hdr.Linkname)) {
				return false
			}
			seen[name] = true
			if !rootless {
				return true
			}
			hdr.Uid, hdr.Gid = hdr.Uid%1000, hdr.Gid%1000
			device := hdr.Typeflag == tar.TypeChar || hdr.Typeflag == tar.TypeBlock
			gone[name] = device || hdr.Typeflag == tar.TypeLink && gone[path.Clean("/"+hdr.Linkname)]
			return !gone[name]
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return img.Layers
}

// impliedLayers are layers of which the upper ones have no entries for directories of the
// lower one, and the name makes them different from others. They also have entries that a
// partial pull leaves out.
func impliedLayers(name string) [][]byte {
	return [][]byte{
		podman.Layer(layertest.Dir("d").Owner(1, 2, 0o755), layertest.Dir("d/sub").Owner(1, 2, 0o755), layertest.File("d/a", name), layertest.Symlink("d/link", name).Owner(3, 4, 0o777)),
		podman.Layer(layertest.File("d/.wh.a", ""), layertest.File("d/sub/new", name),
			layertest.Symlink("d/sub/link", name), layertest.File("d/sub/first", name), layertest.Link("d/sub/deep/hard", "d/sub/first")),
		podman.Layer(layertest.Device("dev/null", 1, 3), layertest.Device("dev/x/y/z", 7, 8)),
	}
}

// sameLayers compares the directories of all layers in two stores, of which the first is right.
func sameLayers(t *testing.T, want, got *podman.Podman) {
	t.Helper()
	ids := layerIDs(t, want)
	if found := layerIDs(t, got); !slices.Equal(found, ids) {
		t.Fatalf("layers %q, want %q", found, ids)
	}
	for _, id := range ids {
		same(t, "layer "+id, unpacked(t, want, id), unpacked(t, got, id))
	}
	if blobs := glob(t, got.Store.Root, "overlay/*/composefs-data"); len(blobs) > 0 {
		t.Errorf("layers are composefs: %q", blobs)
	}
}

// unpacked returns the tree of a plain layer's directory, in which whiteouts have no time: the
// overlay driver does not set it.
func unpacked(t *testing.T, p *podman.Podman, id string) *tree.Tree {
	t.Helper()
	tr := readTree(t, filepath.Join(p.Store.Root, "overlay", id, "diff"))
	err := tr.Walk(func(_ string, e *tree.Entry) error {
		if n := e.Inode; n.Type() == tree.TypeChar && n.Rdev == 0 {
			n.MtimeSec, n.MtimeNsec = 0, 0
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// layerIDs returns the names of all layers of a store.
func layerIDs(t *testing.T, p *podman.Podman) (ids []string) {
	for _, l := range chunkedLayers(t, p) {
		ids = append(ids, l.ID)
	}
	slices.Sort(ids)
	return ids
}
