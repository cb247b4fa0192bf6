package survey_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// store is a store in which layers are made by hand.
type store struct {
	*testing.T
	chain.Stores
	pool *objects.Pool
}

func newStore(t *testing.T) *store {
	s := &store{T: t}
	s.Primary.Home = filepath.Join(t.TempDir(), "overlay")
	pool, err := objects.Open(s.Primary.Pool(), objects.Options{})
	s.check(err)
	t.Cleanup(func() { pool.Close() }) //nolint:errcheck // nothing is written
	s.pool = pool
	return s
}

func (s *store) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// layer makes a layer whose image, of the given format, is empty, with these objects.
func (s *store) layer(id string, format erofs.Format, contents ...string) chain.Layer {
	s.Helper()
	l := chain.Layer{ID: id, Store: s.Primary}
	s.check(os.MkdirAll(l.DataDir(), 0o700))
	s.check(os.MkdirAll(l.Diff(), 0o700))
	f, err := os.Create(l.ImagePath())
	s.check(err)
	defer f.Close() //nolint:errcheck // the test reads it
	_, err = erofs.Write(f, tree.New(), erofs.Options{Format: format})
	s.check(err)
	b, err := s.pool.Begin(l.Diff())
	s.check(err)
	defer b.Close() //nolint:errcheck // committed
	for _, content := range contents {
		_, err := b.Add([]byte(content))
		s.check(err)
	}
	s.check(b.Commit())
	return l
}

// TestUnique has objects with links in all the places where they may be.
func TestUnique(t *testing.T) {
	s := newStore(t)
	s.layer("a", erofs.Layer, "only a", "a and b", "a and c")
	s.layer("b", erofs.Layer, "a and b")
	s.layer("c", erofs.Layer, "a and c")
	stock := s.layer("stock", erofs.V1)
	for name, content := range map[string]string{"st/ock": "not adopted", "ad/opted": "adopted"} {
		path := filepath.Join(stock.Diff(), name)
		s.check(os.MkdirAll(filepath.Dir(path), 0o700))
		s.check(os.WriteFile(path, []byte(content), 0o600))
	}
	b, err := s.pool.Begin(stock.Diff())
	s.check(err)
	defer b.Close() //nolint:errcheck // committed
	_, _, err = b.Adopt("ad/opted", int64(len("adopted")))
	s.check(err)
	s.check(b.Commit())

	layers, total, err := survey.Layers(t.Context(), &s.Stores, []string{"a", "b", "stock"})
	s.check(err)
	for i, want := range []survey.Sizes{
		{Objects: survey.Amount{Count: 3, Bytes: 20}, Unique: survey.Amount{Count: 1, Bytes: 6}},
		{Objects: survey.Amount{Count: 1, Bytes: 7}},
		{Objects: survey.Amount{Count: 2, Bytes: 18}, Unique: survey.Amount{Count: 2, Bytes: 18}},
	} {
		if layers[i].Sizes != want {
			t.Errorf("layer %s: %+v, want %+v", layers[i].ID, layers[i].Sizes, want)
		}
	}
	if total.Objects.Count != 5 || total.Unique.Count != 4 || total.Shared() != (survey.Amount{Count: 1, Bytes: 7}) {
		t.Errorf("together %+v", total)
	}
	pool, err := survey.PoolOf(t.Context(), s.Primary)
	if want := int64(7 + 7 + len("adopted")); err != nil || pool.Saved != want || pool.Objects.Count != 4 || pool.Images.Count != 0 {
		t.Errorf("%+v, %v, want %d saved", pool, err, want)
	}
}

// TestPoolOfNone measures a missing pool, and makes none.
func TestPoolOfNone(t *testing.T) {
	s := chain.Store{Home: filepath.Join(t.TempDir(), "overlay")}
	if _, err := survey.PoolOf(t.Context(), s); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Lstat(s.Pool()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a pool, %v", err)
	}
}

func TestKindOf(t *testing.T) {
	for list, want := range map[string]survey.Kind{
		"": "", "plain": survey.Plain, "plain,plain": survey.Plain, "composefs": survey.Composefs,
		"stock composefs": survey.Stock, "composefs,stock composefs": survey.Composefs,
		"plain,composefs": survey.Mixed, "stock composefs,plain": survey.Mixed,
		"composefs,missing": survey.Damaged, "damaged": survey.Damaged, "plain,missing": survey.Damaged,
	} {
		var kinds []survey.Kind
		if list != "" {
			for k := range strings.SplitSeq(list, ",") {
				kinds = append(kinds, survey.Kind(k))
			}
		}
		if got := survey.KindOf(kinds); got != want {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
}

// TestMergeRefuses asks for images that there cannot be.
func TestMergeRefuses(t *testing.T) {
	s := newStore(t)
	s.layer("stock", erofs.V1)
	read := chain.Stores{Primary: chain.Store{Home: "/nonexistent/overlay"}, Additional: []chain.Store{{Home: s.Primary.Home, ReadOnly: true}}}
	layers, _, err := survey.Layers(t.Context(), &read, []string{"stock"})
	s.check(err)
	for want, layers := range map[string][]survey.Layer{
		"there are no layers": nil,
		"layer stock is stock composefs in a store that is only read": layers,
		"layer x is missing": append([]survey.Layer{{Kind: survey.Plain}}, survey.Layer{Layer: chain.Layer{ID: "x"}, Kind: survey.Missing}),
	} {
		if _, err := survey.Merge(t.Context(), &read, layers); !errors.Is(err, survey.ErrNoImage) || !strings.HasSuffix(err.Error(), ": "+want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
