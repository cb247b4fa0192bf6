//go:build linux

package driver_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/export"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/headers"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/importer"
)

// exported is a store with a container image that a test exports.
type exported struct {
	*store
	by     verity.Algorithm
	stores *chain.Stores
	image  catalog.Image
	layers []survey.Layer // top first
}

const exportedName = "localhost/host:1"

// newExported makes a store with a container image of these layers, bottom first, and records it as
// containers/storage does.
func newExported(t testing.TB, tars ...[]byte) exported {
	t.Helper()
	return newExportedBy(t, verity.SHA256, tars...)
}

// newExportedBy is newExported for a store that names objects by an algorithm.
func newExportedBy(t testing.TB, a verity.Algorithm, tars ...[]byte) exported {
	t.Helper()
	e := exported{store: newStore(t, kind{composefs: "verity = 'off'\nalgorithm = '" + a.String() + "'"}), by: a}
	e.stores = &chain.Stores{Primary: chain.Store{Home: e.home()}}
	var records []map[string]any
	var diffIDs []digest.Digest
	var ids []string // top first
	parent := ""
	for i, tar := range tars {
		id, diffID := fmt.Sprint("layer", i), digest.FromBytes(tar)
		e.layer(t, id, parent, tar)
		e.recordLayer(t, id, tar)
		records = append(records, map[string]any{"id": id, "parent": parent, "diff-digest": diffID, "diff-size": len(tar)})
		diffIDs, ids, parent = append(diffIDs, diffID), append([]string{id}, ids...), id
	}
	e.record(t, "layers", records)
	e.recordImage(t, parent, diffIDs)
	c, err := catalog.Read(e.stores)
	must(t, err)
	e.image, err = c.Find(exportedName)
	must(t, err)
	e.layers, err = survey.Kinds(e.stores, ids)
	must(t, err)
	return e
}

// recordImage records a container image with its configuration and manifest.
func (d dirs) recordImage(t testing.TB, top string, diffIDs []digest.Digest) {
	t.Helper()
	config, err := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux", "rootfs": map[string]any{"type": "layers", "diff_ids": diffIDs},
	})
	must(t, err)
	id := digest.FromBytes(config)
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "config": map[string]any{"digest": id, "size": len(config)}, "annotations": map[string]string{"key": "value"},
	})
	must(t, err)
	sum := digest.FromBytes(manifest)
	d.record(t, "images", []map[string]any{{"id": id.Encoded(), "names": []string{exportedName}, "layer": top, "digest": sum}})
	for key, text := range map[string][]byte{id.String(): config, "manifest-" + sum.String(): manifest} {
		name := filepath.Join(d.home()+"-images", id.Encoded(), "="+base64.StdEncoding.EncodeToString([]byte(key)))
		must(t, errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, text, 0o600)))
	}
}

// tryExport exports the image to the repository in a directory.
func (e exported) tryExport(t testing.TB, dir string, a verity.Algorithm, opts export.Options) (export.Result, error) {
	t.Helper()
	r, err := repository.Open(dir, a)
	must(t, err)
	opts.Name = exportedName
	if opts.Methods = []repository.Method{repository.Link}; a != e.by {
		opts.Methods = []repository.Method{repository.Copy}
	}
	result, err := export.Image(t.Context(), e.stores, e.image, e.layers, r, opts)
	must(t, r.Close())
	return result, err
}

func (e exported) export(t testing.TB, dir string, a verity.Algorithm, opts export.Options) export.Result {
	t.Helper()
	result, err := e.tryExport(t, dir, a, opts)
	must(t, err)
	return result
}

// TestExport exports images for bootable hosts. Their canonical and bootable forms have the digests that
// composefs-rs computes. Another export writes nothing, because it keeps the bootable image of the first.
func TestExport(t *testing.T) {
	for _, image := range boottest.Images(t) {
		for _, by := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
			exportBy(t, image, by)
		}
	}
}

// exportBy exports an image from a store that names objects by an algorithm, to repositories of both.
func exportBy(t *testing.T, image boottest.Image, by verity.Algorithm) {
	e := newExportedBy(t, by, image.Layers...)
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		dir := e.path("repo-" + a.String())
		var done, total int64
		first := e.export(t, dir, a, export.Options{Streams: true, Bootable: true, Progress: func(n, of int64) { done, total = n, of }})
		if first.Canonical != image.Digests[a.String()+" oci"] || first.Bootable != image.Digests[a.String()+" bootable"] {
			t.Errorf("%s %s: %+v, want %v", image.Name, a, first, image.Digests)
		}
		if linked := a == by; linked != (first.Linked > 0) || linked == (first.Copied > 0) || done != total || total != first.Contents || total == 0 || linked != (first.Merged != "") {
			t.Errorf("%s %s: %+v, %d of %d bytes", image.Name, a, first, done, total)
		}
		again := e.export(t, dir, a, export.Options{Streams: true})
		if again.Written != 0 || again.Linked+again.Copied != 0 || again.Present == 0 || again.Manifest != first.Manifest {
			t.Errorf("%s %s, again: %+v", image.Name, a, again)
		}
	}
}

// TestExportRefused exports an image without a canonical form, without the tar-split of a layer, and with a
// plain layer.
func TestExportRefused(t *testing.T) {
	e := newExported(t, layertest.Tar(layertest.File("f", strings.Repeat("f", 100))))
	if found := e.export(t, e.path("repo"), verity.SHA256, export.Options{}); found.NotCanonical == "" || found.Merged == "" || found.Manifest != "" {
		t.Errorf("without /usr: %+v", found)
	}
	if _, err := e.tryExport(t, e.path("repo"), verity.SHA256, export.Options{Bootable: true}); !errors.As(err, new(*convert.NotCanonical)) {
		t.Errorf("bootable without /usr: %v", err)
	}
	must(t, os.Remove(e.home()+"-layers/layer0.tar-split.gz"))
	_, err := e.tryExport(t, e.path("repo"), verity.SHA256, export.Options{Streams: true})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "layer layer0: ") || !strings.Contains(err.Error(), "--no-oci") {
		t.Errorf("without a tar-split: %v", err)
	}
	e.layers[0].Kind = survey.Plain
	if _, err := e.tryExport(t, e.path("repo"), verity.SHA256, export.Options{}); !errors.As(err, new(*export.KindError)) {
		t.Errorf("a plain layer: %v", err)
	}
	if err := export.Check(nil); err == nil {
		t.Error("an image without layers can be exported")
	}
}

// TestExportImageStore exports an image of an imagestore. Its tar-splits are in the primary store.
func TestExportImageStore(t *testing.T) {
	e := newExported(t, layertest.Tar(layertest.Dir("usr"), layertest.File("usr/f", strings.Repeat("f", 100)), layertest.Link("usr/l", "usr/f").Owner(7, 0, 0o644)))
	primary := chain.Store{Home: e.path("primary", "overlay")}
	must(t, errors.Join(os.MkdirAll(primary.Home, 0o700), os.MkdirAll(primary.LayersDir(), 0o700)))
	const name = "layer0.tar-split.gz"
	must(t, os.Rename(filepath.Join(e.home()+"-layers", name), filepath.Join(primary.LayersDir(), name)))
	e.stores.Primary, e.stores.Images = primary, chain.Store{Home: e.home()}
	if found := e.export(t, e.path("repo"), verity.SHA256, export.Options{Streams: true}); found.Manifest == "" || found.Linked != 1 {
		t.Errorf("%+v", found)
	}
	if list, err := headers.Links(e.stores, e.layers[0].Layer); err != nil || len(list) != 1 {
		t.Errorf("hard links: %v, %v", list, err)
	}
}

// answer requests a URL.
func answer(t testing.TB, method, url string) (*http.Response, []byte) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	must(t, err)
	r, err := http.DefaultClient.Do(q)
	must(t, err)
	body, err := io.ReadAll(r.Body)
	must(t, errors.Join(err, r.Body.Close()))
	return r, body
}

// TestImport links the objects of an exported image into the pool of another store, which then has all
// contents of the image. The registry of the importer serves the image. A damaged object is refused.
func TestImport(t *testing.T) {
	image := boottest.Images(t)[0]
	e := newExported(t, image.Layers...)
	e.export(t, e.path("repo"), verity.SHA256, export.Options{Streams: true})
	r, err := repository.OpenReadOnly(e.path("repo"))
	must(t, err)
	defer r.Close() //nolint:errcheck // open for reading
	found, err := r.Image(exportedName)
	must(t, err)

	other := newStore(t, kind{verity: "off"})
	to := chain.Store{Home: other.home()}
	p, err := pool.Open(to, objects.SealNever)
	must(t, err)
	release, err := p.Hold()
	must(t, err)
	first, err := importer.Link(t.Context(), r, found, to)
	must(t, err)
	again, err := importer.Link(t.Context(), r, found, to)
	must(t, err)
	if first.New == 0 || first.Had+first.Other > 0 || again != (importer.Linked{Had: first.New}) {
		t.Errorf("linked %+v, again %+v", first, again)
	}
	must(t, errors.Join(release(), p.Close()))
	before, parent := other.contents(t), ""
	for i, tar := range image.Layers {
		id := fmt.Sprint("layer", i)
		other.layer(t, id, parent, tar)
		parent = id
	}
	for _, name := range other.contents(t) { // a repository has no objects of contents that images have
		if st, err := os.Stat(other.pool() + name); err != nil || st.Size() > tree.InlineMax && !slices.Contains(before, name) {
			t.Errorf("the pool lacked %s: %v", name, err)
		}
	}

	handler, err := importer.Handler(r, found)
	must(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	checkRegistry(t, server.URL+"/v2/", found.ConfigDigest, found.Config, image.Layers)

	object := hex.EncodeToString([]byte(found.Layers[0].Tar.Objects[0]))
	flip(t, e.path("repo", "objects", object[:2], object[2:]))
	if _, err := importer.Link(t.Context(), r, found, to); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("a damaged object: %v", err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := importer.Link(canceled, r, found, to); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// checkRegistry checks that a registry serves an image.
func checkRegistry(t testing.TB, url, configDigest string, config []byte, layers [][]byte) {
	t.Helper()
	if r, _ := answer(t, http.MethodGet, url); r.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", url, r.Status)
	}
	r, manifest := answer(t, http.MethodGet, url+"host/manifests/1")
	var m struct {
		Annotations map[string]string
		Config      struct{ Digest string }
		Layers      []struct{ Digest string }
	}
	must(t, json.Unmarshal(manifest, &m))
	if m.Annotations["key"] != "value" || m.Config.Digest != configDigest || len(m.Layers) != len(layers) ||
		r.Header.Get("Docker-Content-Digest") != digest.FromBytes(manifest).String() {
		t.Errorf("manifest %s, %v", manifest, r.Header)
	}
	if r, body := answer(t, http.MethodHead, url+"host/manifests/1"); r.ContentLength != int64(len(manifest)) || len(body) > 0 {
		t.Errorf("HEAD: %d bytes, %q", r.ContentLength, body)
	}
	if _, got := answer(t, http.MethodGet, url+"host/blobs/"+configDigest); !bytes.Equal(got, config) {
		t.Errorf("configuration %s", got)
	}
	for i, l := range m.Layers {
		r, got := answer(t, http.MethodGet, url+"host/blobs/"+l.Digest)
		if !bytes.Equal(got, layers[i]) || r.ContentLength != int64(len(layers[i])) {
			t.Errorf("layer %d: %d bytes, want %d", i, len(got), len(layers[i]))
		}
	}
	for _, name := range []string{"host/blobs/sha256:0", "host/tags/list"} {
		if r, _ := answer(t, http.MethodGet, url+name); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", name, r.Status)
		}
	}
}

// TestLinkHeaders names hard links whose headers have other metadata than their files.
func TestLinkHeaders(t *testing.T) {
	file, link := layertest.File("usr/file", strings.Repeat("content ", 100)), layertest.Link("usr/link", "usr/file")
	for name, c := range map[string]struct {
		link layertest.Entry
		want bool
	}{
		"same":  {link, false},
		"owner": {link.Owner(7, 0, 0o644), true},
		"mode":  {link.Owner(0, 0, 0o600), true},
		"xattr": {link.Xattr("user.a", "b"), true},
	} {
		e := newExported(t, layertest.Tar(layertest.Dir("usr"), file, c.link))
		list, err := headers.Links(e.stores, e.layers[0].Layer)
		must(t, err)
		if len(list) > 0 != c.want || c.want && !strings.Contains(list[0].String(), `"usr/link" has other metadata than that of "usr/file"`) {
			t.Errorf("%s: %v", name, list)
		}
	}
	e := newExported(t, layertest.Tar(layertest.Dir("usr"), file))
	must(t, os.Remove(e.home()+"-layers/layer0.tar-split.gz"))
	if list, err := headers.Links(e.stores, e.layers[0].Layer); len(list) > 0 || err != nil {
		t.Errorf("without links: %v, %v", list, err)
	}
}
