//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked"
	"github.com/containers/storage/pkg/idtools"
	"github.com/opencontainers/go-digest"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/tests/differ"
)

// bzip2 is the beginning of a blob that the driver cannot decompress.
const bzip2 = "BZh91AY&SY\x00\x00"

// badTable is a differ with another table of contents.
type badTable struct {
	graphdriver.Differ
	table any
}

func (b badTable) ApplyDiff(dest string, options *archive.TarOptions, differOpts *graphdriver.DifferOptions) (graphdriver.DriverWithDifferOutput, error) {
	out, err := b.Differ.ApplyDiff(dest, options, differOpts)
	out.Artifacts["toc"] = b.table
	return out, err
}

// rawless is a differ that does not hand over its blob.
type rawless struct{ graphdriver.Differ }

// fallbacks are differs of layers that the driver has containers/storage download the ordinary way,
// and the reasons.
var fallbacks = map[string]func(t testing.TB, m *differ.Machine, layer []byte) (d graphdriver.Differ, why error){
	"compression": func(_ testing.TB, _ *differ.Machine, _ []byte) (graphdriver.Differ, error) {
		return &differ.Raw{Blob: []byte(bzip2)}, blob.ErrFormat
	},
	"first request": func(_ testing.TB, _ *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		return &differ.Raw{Blob: layer, Fetch: func(uint64, uint64) (io.ReadCloser, bool, error) { return nil, false, unix.ECONNRESET }}, blob.ErrRequest
	},
	"bad request": func(_ testing.TB, _ *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		return lost(layer, chunked.ErrBadRequest{}), chunked.ErrBadRequest{}
	},
	"another tar": func(t testing.TB, _ *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		table, err := differ.TableOf(layertest.Tar(layertest.File("another", "tar")))
		must(t, err)
		return &differ.Raw{Blob: layer, Table: table}, blob.ErrLayout
	},
	"another content": func(t testing.TB, _ *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		table, err := differ.TableOf(layer)
		must(t, err)
		table.Contents["new"] = digest.FromString("another")
		return &differ.Raw{Blob: layer, Table: table}, blob.ErrLayout
	},
	"long payloads": func(t testing.TB, _ *differ.Machine, _ []byte) (graphdriver.Differ, error) {
		long := layertest.Tar(layertest.File(".wh.gone", strings.Repeat("\x00", 128<<20+1)))
		return &differ.Raw{Blob: zstdCompressed(t, long)}, blob.ErrPayload
	},
	"no table": func(t testing.TB, m *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		d, err := ways[3].differ(t, m, layer)
		must(t, err)
		d.Other = badTable{d.Other, nil}
		return d, nil
	},
	"table that the driver refuses": func(t testing.TB, m *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		d, err := ways[3].differ(t, m, layertest.Tar(layertest.Link("l", "f"), layertest.File("f", "f")))
		must(t, err)
		return d, nil
	},
	"no blob": func(_ testing.TB, _ *differ.Machine, layer []byte) (graphdriver.Differ, error) {
		return rawless{&differ.Raw{Blob: layer}}, nil
	},
}

// lost returns a differ that fails after the first kilobyte of its blob.
func lost(blob []byte, err error) *differ.Raw {
	d := &differ.Raw{Blob: blob}
	d.Fetch = func(offset, length uint64) (io.ReadCloser, bool, error) {
		if offset > 0 {
			return nil, false, err
		}
		return d.Part(0, 1000)
	}
	return d
}

// TestPullFallback checks that the driver has layers downloaded the ordinary way, and leaves nothing
// behind. They then become composefs layers with the tree of plain overlay.
func TestPullFallback(t *testing.T) {
	p := newPair(t)
	layer := oddLayer()
	m := differ.NewMachine(p.ours.path("run"))
	for name, fallback := range fallbacks {
		t.Run(name, func(t *testing.T) {
			before := p.ours.objects(t)
			d, want := fallback(t, m, layer)
			_, err := p.ours.stage(d)
			why := ordinary(err)
			if why == nil || want != nil && !errors.Is(why, want) {
				t.Fatalf("%v, want %v and the ordinary way", err, want)
			}
			if raw, ok := d.(*differ.Raw); ok && raw.Other == nil && raw.Released != 1 {
				t.Errorf("released %d times", raw.Released)
			}
			report(t, "left in the pool", differences(before, p.ours.objects(t)))
			id := "layer " + name
			p.layer(t, id, "", layer, layer)
			if _, err := os.Stat(filepath.Join(p.ours.home(), id, "composefs-data", "composefs.blob")); err != nil {
				t.Errorf("the layer is not composefs: %v", err)
			}
			p.compare(t, name, id, times, "ro")
		})
	}
}

// TestPullPlain checks that layers that stay plain are downloaded the ordinary way, or unpacked by
// the differ if the caller passes options.
func TestPullPlain(t *testing.T) {
	maps := idtools.NewIDMappingsFromMaps([]idtools.IDMap{{HostID: 1000, Size: 1000}}, []idtools.IDMap{{HostID: 1000, Size: 1000}})
	mask := os.FileMode(0o700)
	for name, options := range map[string]graphdriver.ApplyDiffOpts{
		"owners are mapped": {Mappings: maps}, "to be kept": {ForceMask: &mask}, "or modes are not": {IgnoreChownErrors: true},
	} {
		s := newStore(t, kind{})
		d := &differ.Raw{Blob: oddLayer(), Other: refusing{}}
		_, err := s.staging().ApplyDiffWithDiffer(&graphdriver.ApplyDiffWithDifferOpts{ApplyDiffOpts: options}, d)
		if !errors.Is(err, unix.ENOTNAM) { // of the differ, through the stock driver
			t.Errorf("%s: %v", name, err)
		}
		report(t, name+": in the pool", s.objects(t))
	}
	for _, k := range []kind{{off: true}, {options: []string{"overlay.force_mask=700"}}} {
		s := newStore(t, k)
		d := &differ.Raw{Blob: oddLayer()}
		if _, err := s.stage(d); ordinary(err) == nil || d.Released != 1 {
			t.Errorf("%+v: %v, released %d times", k, err, d.Released)
		}
		report(t, "in the pool", s.objects(t))
	}
}

// refusing is a differ that fails.
type refusing struct{}

func (refusing) ApplyDiff(string, *archive.TarOptions, *graphdriver.DifferOptions) (graphdriver.DriverWithDifferOutput, error) {
	return graphdriver.DriverWithDifferOutput{}, unix.ENOTNAM
}

func (refusing) Close() error { return nil }

// TestPullWrong pulls wrong and broken blobs. The pull fails with the reason and leaves nothing
// behind.
func TestPullWrong(t *testing.T) {
	s := newStore(t, kind{})
	layer := oddLayer()
	table, err := differ.TableOf(layer)
	must(t, err)
	for name, c := range map[string]struct {
		differ graphdriver.Differ
		want   error
	}{
		"another blob":        {&differ.Raw{Blob: layer, Digest: digest.FromString("x")}, blob.ErrDigest},
		"another blob, whole": {&differ.Raw{Blob: layer, Digest: digest.FromString("x"), Table: table}, blob.ErrDigest},
		"no digest":           {&differ.Raw{Blob: layer, Digest: "nonsense"}, digest.ErrDigestInvalidFormat},
		"damaged":             {&differ.Raw{Blob: zstdCompressed(t, layer)[:300]}, blob.ErrDecompress},
		"connection lost":     {lost(layer, unix.ECONNRESET), unix.ECONNRESET},
		"chunked":             {&differ.Raw{Other: refusing{}}, unix.ENOTNAM},
		"no tar":              {&differ.Raw{Blob: bytes.Repeat([]byte("x"), 2048)}, errAny},
	} {
		if _, err := s.stage(c.differ); err == nil || ordinary(err) != nil || !errors.Is(err, c.want) && c.want != errAny { //nolint:errorlint // stands for any error
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		report(t, name+": left in the pool", s.objects(t))
	}
}

var errAny = errors.New("any error")
