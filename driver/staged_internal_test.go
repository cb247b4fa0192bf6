//go:build linux

package driver

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// added stands for the type of staged layers that is internal to containers/storage.
type added struct{ Path string }

// newStager returns a driver as for containers/storage 1.62 and later, and the calls that it passes to
// the stock driver.
func newStager(t *testing.T) (*stager[func() error, added], *[]string) {
	t.Helper()
	needs.Root(t)
	dir, err := os.MkdirTemp(needs.Disk(t), "stager")
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	file := filepath.Join(dir, "storage.conf")
	must(t, os.WriteFile(file, []byte("[storage]\ndriver = \"overlay\"\n[storage.options.pull_options]\nconvert_images = \"true\"\n"), 0o600))
	t.Setenv("CONTAINERS_STORAGE_CONF", file)
	t.Setenv("CONTAINERS_COMPOSEFS_CONF", os.DevNull)
	conf, err := configure([]string{"overlay.use_composefs=true"})
	must(t, err)
	home, run := filepath.Join(dir, "root", "overlay"), filepath.Join(dir, "run")
	must(t, errors.Join(os.Mkdir(filepath.Dir(home), 0o700), os.Mkdir(run, 0o700)))
	inner, err := overlay.Init(home, graphdriver.Options{Root: filepath.Dir(home), RunRoot: run})
	must(t, err)
	t.Cleanup(func() { must(t, inner.Cleanup()) })
	d := newDriver(inner.(*overlay.Driver), conf, settings.Stores(new(config.Options), home, "", nil), chain.RunRoot(run))

	calls := new([]string)
	start := func(parent string, _ graphdriver.ApplyDiffOpts) (func() error, *added, int64, error) {
		*calls = append(*calls, "start on "+parent)
		return nil, &added{"stock"}, 7, nil
	}
	commit := func(id string, a *added) error {
		*calls = append(*calls, "commit "+id+" "+a.Path)
		return nil
	}
	return withStaging(withRemoval(d, func(string) (func() error, error) { return nil, nil }), start, commit), calls
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// load loads a layer, as PutLayer of containers/storage does, and returns its size.
func (s *stager[C, A]) load(t *testing.T, id, parent string, options graphdriver.ApplyDiffOpts) int64 {
	t.Helper()
	cleanup, a, size, err := s.StartStagingDiffToApply(parent, options)
	must(t, err)
	must(t, s.Create(id, parent, nil))
	must(t, s.CommitStagedLayer(id, a))
	if cleanup != nil {
		must(t, cleanup())
	}
	return size
}

// TestStager loads a layer that becomes composefs, and one that is left to the stock driver.
func TestStager(t *testing.T) {
	s, calls := newStager(t)
	if size := s.load(t, "layer", "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(layertest.Tar(layertest.File("f", "content")))}); size != 7 {
		t.Errorf("size %d", size)
	}
	if l, err := s.stores.Find("layer"); err != nil || !l.Composefs || len(*calls) > 0 {
		t.Errorf("the layer is %+v, %v; calls %q", l, err, *calls)
	}
	maps := []idtools.IDMap{{HostID: 100000, Size: 1000}}
	s.load(t, "mapped", "layer", graphdriver.ApplyDiffOpts{Mappings: idtools.NewIDMappingsFromMaps(maps, maps)})
	if want := []string{"start on layer", "commit mapped stock"}; !reflect.DeepEqual(*calls, want) {
		t.Errorf("calls %q, want %q", *calls, want)
	}
}

// TestServer reads the names of objects that LayerFiles gives the stock driver, for a layer of ours and
// for one of the stock driver.
func TestServer(t *testing.T) {
	s, _ := newStager(t)
	files := func(_ string, bigData readBigData) (string, error) {
		r, err := bigData("key")
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(r)
		return string(text), err
	}
	content := strings.Repeat("content", 100)
	s.load(t, "layer", "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(layertest.Tar(layertest.Dir("d"), layertest.File("d/f", content),
		layertest.File("inline", "inline"), layertest.Link("link", "d/f"), layertest.File("n\xff", content)))})
	must(t, s.Create("stock", "", nil)) // a layer with an image of the stock driver
	l, err := s.stores.Find("stock")
	must(t, err)
	must(t, os.Mkdir(l.DataDir(), 0o700))
	var image bytes.Buffer
	_, err = erofs.Write(&image, tree.New(), erofs.Options{})
	must(t, err)
	must(t, os.WriteFile(l.ImagePath(), image.Bytes(), 0o600))
	bigData := func(key string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("big data " + key)), nil
	}
	p := &plain{stockDriver: s.stockDriver}
	for name, layerFiles := range map[string]filesOf[string]{"driver": withFiles(s, files).LayerFiles, "plain": withPlainFiles(p, files).LayerFiles} {
		text, err := layerFiles("layer", bigData)
		must(t, err)
		type entry struct{ Type, Name, Digest string }
		var table struct{ Entries []entry }
		must(t, json.Unmarshal([]byte(text), &table))
		sum := "sha256:" + verity.Sum([]byte(content)).String()
		if want := []entry{{"reg", "d/f", sum}, {"reg", "link", sum}}; !reflect.DeepEqual(table.Entries, want) {
			t.Errorf("%s: entries %+v, want %+v", name, table.Entries, want)
		}
		if text, err := layerFiles("stock", bigData); err != nil || text != "big data key" {
			t.Errorf("%s: a layer of the stock driver: %q, %v", name, text, err)
		}
		if _, err := layerFiles("missing", bigData); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a missing layer: %v", name, err)
		}
	}
}
