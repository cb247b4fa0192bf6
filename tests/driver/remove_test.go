//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// removals are the ways to remove a layer.
var removals = map[string]func(t testing.TB, s *store, id string) error{
	"Remove": func(_ testing.TB, s *store, id string) error { return s.Remove(id) },
	"DeferredRemove": func(t testing.TB, s *store, id string) error {
		cleanup, err := s.DeferredRemove(id)
		if err == nil && s.Exists(id) {
			t.Errorf("%s is still there", id)
		}
		if cleanup != nil {
			err = errors.Join(err, cleanup())
		}
		return err
	},
}

// object returns a file of a content that is not in the image, and the pool's name.
func object(word string) (content, name string) {
	content = strings.Repeat(word, 100)
	return content, "/objects/" + objects.Path(verity.Sum([]byte(content)))
}

// TestRemove checks that objects go with the last layer that has them, images with
// theirs.
func TestRemove(t *testing.T) {
	for name, remove := range removals {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, kind{})
			own, ownName := object("own")
			both, bothName := object("both")
			s.layer(t, "a", "", layertest.Tar(layertest.File("own", own), layertest.File("both", both)))
			s.layer(t, "b", "a", layertest.Tar(layertest.File("small", "s")))
			s.layer(t, "c", "", layertest.Tar(layertest.File("else", both)))
			for _, id := range []string{"a", "b", "c"} {
				s.read(t, id, "ro")
			}
			if all := s.contents(t); len(all) != 3+3 || !slices.Contains(all, ownName) || !slices.Contains(all, bothName) {
				t.Errorf("pool: %v", all)
			}
			must(t, remove(t, s, "b"))
			if all := s.contents(t); len(all) != 2+2 {
				t.Errorf("pool without b: %v", all)
			}
			must(t, remove(t, s, "a"))
			if all := s.contents(t); len(all) != 1+1 || !slices.Contains(all, bothName) {
				t.Errorf("pool without a: %v", all)
			}
			s.read(t, "c", "ro")
			must(t, remove(t, s, "c"))
			report(t, "left in the pool", s.objects(t))
		})
	}
}

// TestRemoveHalf removes what kills and failures leave of layers.
func TestRemoveHalf(t *testing.T) {
	content, _ := object("half")
	whole := layertest.Tar(layertest.File("f", content), layertest.File("g", content+"g"))
	for name, spoil := range map[string]func(t testing.TB, s *store, dir string) error{
		"created": func(testing.TB, *store, string) error { return nil },
		"no diff": func(_ testing.TB, _ *store, dir string) error { return os.RemoveAll(filepath.Join(dir, "diff")) },
		"no link": func(_ testing.TB, _ *store, dir string) error { return os.Remove(filepath.Join(dir, "link")) },
		"nothing": func(_ testing.TB, _ *store, dir string) error {
			return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700))
		},
		"not there": func(_ testing.TB, _ *store, dir string) error { return os.RemoveAll(dir) },
		"failed":    func(t testing.TB, s *store, _ string) error { return apply(s, "half", whole[:len(whole)-1600]) },
		"no image":  func(t testing.TB, s *store, dir string) error { return damage(s, dir, whole, os.Remove) },
		"bad image": func(t testing.TB, s *store, dir string) error { return damage(s, dir, whole, empty) },
		"image only": func(_ testing.TB, s *store, dir string) error {
			return errors.Join(apply(s, "half", whole), os.RemoveAll(filepath.Join(dir, "diff")))
		},
	} {
		for how, remove := range removals {
			t.Run(name+", "+how, func(t *testing.T) {
				s, theirs := newStore(t, kind{}), newStore(t, kind{stock: true})
				must(t, s.Create("half", "", nil))
				must(t, theirs.Create("half", "", nil))
				dir := filepath.Join(s.home(), "half")
				if err := spoil(t, s, dir); (err != nil) != (name == "failed") {
					t.Fatal(err)
				}
				if name == "not there" {
					must(t, os.RemoveAll(filepath.Join(theirs.home(), "half")))
				}
				ours, stock := remove(t, s, "half"), remove(t, theirs, "half")
				if (ours == nil) != (stock == nil) {
					t.Errorf("error %v, stock %v", ours, stock)
				}
				if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s is left: %v", dir, err)
				}
				s.layer(t, "next", "", layertest.Tar(layertest.File("f", "f"))) // its removal collects the unknown objects
				must(t, remove(t, s, "next"))
				report(t, "left in the pool", s.objects(t))
			})
		}
	}
}

func apply(s *store, id string, tar []byte) error {
	_, err := stock.AddDiff(s, id, "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(tar)})
	return err
}

// damage makes the layer and does something to its image.
func damage(s *store, dir string, tar []byte, do func(string) error) error {
	return errors.Join(apply(s, filepath.Base(dir), tar), do(filepath.Join(dir, "composefs-data", "composefs.blob")))
}

func empty(path string) error { return os.Truncate(path, 0) }

// TestRemovedByStock has the stock driver remove layers, as another podman does. The next command
// collects their objects.
func TestRemovedByStock(t *testing.T) {
	d := newDirs(t)
	s, stock := d.open(t, kind{}), d.open(t, kind{stock: true})
	pulled, err := s.stage(&differ.Raw{Blob: oddLayer()})
	must(t, err)
	must(t, s.Create("pulled", "", nil))
	must(t, s.apply("pulled", "", pulled))
	s.layer(t, "loaded", "", layertest.Tar(layertest.File("f", strings.Repeat("loaded ", 100))))
	for _, id := range []string{"pulled", "loaded"} {
		stock.remove(t, id)
		before := len(s.contents(t))
		must(t, s.Cleanup())
		if after := len(s.contents(t)); before == 0 || after >= before {
			t.Errorf("%s: the pool has %d objects, then %d", id, before, after)
		}
	}
	report(t, "left in the pool", s.objects(t))
}
