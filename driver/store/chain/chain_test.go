package chain_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// home is a directory overlay that a test writes by hand, as containers/storage does.
type home struct {
	t *testing.T
	chain.Store
}

func newHome(t *testing.T) home {
	return home{t, chain.Store{Home: filepath.Join(t.TempDir(), "overlay")}}
}

func (h home) path(names ...string) string {
	return filepath.Join(append([]string{h.Home}, names...)...)
}

func (h home) write(content string, names ...string) {
	h.t.Helper()
	if err := os.WriteFile(h.path(names...), []byte(content), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// layer makes a layer with the short name LINK-ID and nothing below it.
func (h home) layer(id string) {
	h.t.Helper()
	if err := errors.Join(os.MkdirAll(h.path(id, "diff"), 0o700), os.MkdirAll(h.path("l"), 0o700)); err != nil {
		h.t.Fatal(err)
	}
	h.write("LINK-"+id, id, "link")
	if err := os.Symlink("../"+id+"/diff", h.path("l", "LINK-"+id)); err != nil {
		h.t.Fatal(err)
	}
}

func (h home) remove(names ...string) {
	h.t.Helper()
	if err := os.Remove(h.path(names...)); err != nil {
		h.t.Fatal(err)
	}
}

// removeAll removes a directory.
func (h home) removeAll(name string) {
	h.t.Helper()
	if err := os.RemoveAll(h.path(name)); err != nil {
		h.t.Fatal(err)
	}
}

// three makes the layers a, b and c, c with the text of both files. A file is missing
// where the text is "-".
func (h home) three(lower, lowerLayers string) {
	for _, id := range []string{"a", "b", "c"} {
		h.layer(id)
	}
	for name, text := range map[string]string{"lower": lower, "lower-layers": lowerLayers} {
		if text != "-" {
			h.write(text, "c", name)
		}
	}
}

func names(c chain.Chain) (ids []string) {
	for _, l := range c {
		ids = append(ids, l.ID)
	}
	return ids
}

const both = "l/LINK-b:l/LINK-a"

// TestLowerFiles reads chains from the files of both generations.
func TestLowerFiles(t *testing.T) {
	for _, tc := range []struct{ name, lower, lowerLayers, want string }{
		{"neither", "-", "-", "c"},
		{"both empty", "", "", "c"},
		{"lower", both, "-", "c b a"},
		{"lower with a newline", both + "\n", "-", "c b a"},
		{"lower-layers beside lower", both, "b:a", "c b a"},
		{"lower-layers alone", "-", "b:a", "c b a"},
		{"lower-layers beside empty lower", "", "b:a", "c b a"},
		{"empty lower-layers", both, "", "c b a"},
		{"contradiction", "l/LINK-a", "b", "c b"},
		{"lower-layers beside broken lower", "l/none", "b:a", "c b a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.three(tc.lower, tc.lowerLayers)
			c, err := (&chain.Stores{Primary: h.Store}).Chain("c")
			if got := strings.Join(names(c), " "); err != nil || got != tc.want {
				t.Errorf("Chain = %s, %v, want %s", got, err, tc.want)
			}
		})
	}
}

// TestIdmapped reads a chain with an idmapped layer, which is in no segment: the layers below it are the bottom one.
func TestIdmapped(t *testing.T) {
	h := newHome(t)
	h.three(both, "-")
	for _, id := range []string{"a", "b"} {
		if err := os.Mkdir(h.path(id, "composefs-data"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.write("{}", "b", "composefs-idmap")
	h.write("{}", "c", "composefs-idmap") // of a layer that was not finished
	c, err := (&chain.Stores{Primary: h.Store}).Chain("c")
	if err != nil || len(c) != 3 || c[0].Idmapped || !c[1].Idmapped || c[2].Idmapped {
		t.Fatalf("%+v, %v", c, err)
	}
	segments := c.Segments()
	if len(segments) != 2 || segments[0].Composefs() || segments[1].Top().ID != "a" || !segments[1].Bottom {
		t.Errorf("segments %+v", segments)
	}
	if got := strings.Join(names(c.WithFiles()), " "); got != "c a" {
		t.Errorf("layers with files: %s", got)
	}
	if got := strings.Join(names(c), " "); got != "c b a" {
		t.Errorf("WithFiles has changed the chain to %s", got)
	}
}

// TestBadLower has files that name no layers, or the wrong ones.
func TestBadLower(t *testing.T) {
	long := strings.Repeat("a", 256)
	for _, tc := range []struct{ name, lower, lowerLayers, want string }{
		{"unknown ID", both, "b:x", "the layer below it, x, cannot be found"},
		{"unknown short name", "l/LINK-b:l/x", "-", "the layer below it, l/x, cannot be found"},
		{"twice", both, "b:a:b", "layer b would lie below itself"},
		{"twice by short names", both + ":l/LINK-b", "-", "layer b would lie below itself"},
		{"itself", both, "b:c:a", "layer c would lie below itself"},
		{"path", both, "../overlay/b:a", `"../overlay/b" is not the name of a layer`},
		{"short names", both, both, `"l/LINK-b" is not the name of a layer`},
		{"parent directory", both, "b:..", `".." is not the name of a layer`},
		{"current directory", both, ".", `"." is not the name of a layer`},
		{"NUL", both, "b\x00:a", `"b\x00" is not the name of a layer`},
		{"empty name", both, "b::a", `"" is not the name of a layer`},
		{"colon at the end", both, "b:a:", `"" is not the name of a layer`},
		{"newline", both, "b:a\n", "the layer below it, a\n, cannot be found"},
		{"long name", both, long, `aaa" is not the name of a layer`},
		{"long file", both, strings.Repeat(long[:200]+":", 1000), "it is too long"},
		{"long lower", strings.Repeat("l/LINK-a:", 100000), "-", "it is too long"},
		{"short name as a path", "l/../b/diff", "-", `"l/../b/diff" is not the name of a layer`},
		{"short name in another directory", "b/diff", "-", `"b/diff" is not the name of a layer`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.three(tc.lower, tc.lowerLayers)
			s := &chain.Stores{Primary: h.Store}
			c, err := s.Chain("c")
			var lower *chain.LowerError
			if !errors.As(err, &lower) || !strings.HasSuffix(err.Error(), tc.want) || lower.ID != "c" || len(err.Error()) > 400 {
				t.Errorf("Chain = %v, %v, want %s", names(c), err, tc.want)
			}
			if errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v: it is the layer itself that exists", err)
			}
			if _, written, again := s.Relink("c"); again == nil || len(written) > 0 {
				t.Errorf("Relink = %v, %v", written, again)
			}
		})
	}
	if _, err := (&chain.Stores{Primary: newHome(t).Store}).Chain("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("chain of no layer: %v", err)
	}
}

// TestRelink loses what versions of containers/storage before 1.63 follow, and looks
// for it afterwards.
func TestRelink(t *testing.T) {
	for _, tc := range []struct {
		name               string
		lower, lowerLayers string
		lose               func(h home)
		want, written      string
	}{
		{"nothing", both, "b:a", func(home) {}, "c b a", ""},
		{"a symlink", both, "-", func(h home) { h.remove("l", "LINK-a") }, "c b a", "l/LINK-a"},
		{"all symlinks", both, "-", func(h home) { h.removeAll("l") }, "c b a", "l/LINK-b l/LINK-a"},
		{"all symlinks beside lower-layers", both, "b:a", func(h home) { h.removeAll("l") }, "c b a", "l/LINK-b l/LINK-a"},
		{"all symlinks beside lower-layers alone", "-", "b:a", func(h home) { h.removeAll("l") }, "c b a", "l/LINK-b l/LINK-a c/lower"},
		{"a symlink that leads nowhere", both, "-", func(h home) {
			h.remove("l", "LINK-a")
			_ = os.Symlink("../gone/diff", h.path("l", "LINK-a"))
		}, "c b a", "l/LINK-a"},
		{"lower", "-", "b:a", func(home) {}, "c b a", "c/lower"},
		{"lower of another chain", "l/LINK-a", "b:a", func(home) {}, "c b a", "c/lower"},
		{"the content of lower", "", "b:a", func(home) {}, "c b a", "c/lower"},
		{"the content of lower-layers", both, "", func(home) {}, "c b a", "c/lower-layers"},
		{"the content of lower-layers, and symlinks", both, "", func(h home) { h.removeAll("l") }, "c b a", "c/lower-layers l/LINK-b l/LINK-a"},
		{"a short name", both, "b:a", func(h home) { h.remove("a", "link") }, "c b a", "a/link"},
		{"the content of a short name", both, "b:a", func(h home) { h.write("", "b", "link") }, "c b a", "b/link"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.three(tc.lower, tc.lowerLayers)
			tc.lose(h)
			s := &chain.Stores{Primary: h.Store}
			c, written, err := s.Relink("c")
			for i, path := range written {
				written[i], _ = filepath.Rel(h.Home, path)
			}
			if got := strings.Join(names(c), " "); err != nil || got != tc.want || strings.Join(written, " ") != tc.written {
				t.Errorf("Relink = %s, %q, %v; want %s, %q", got, written, err, tc.want, tc.written)
			}
			_ = os.Remove(h.path("c", "lower-layers")) // as a version without that file
			lower, ok, err := s.Lower(c[0], chain.LowerFile)
			if !ok || err != nil || !slices.EqualFunc(lower, c[1:], func(a, b chain.Layer) bool { return a.ID == b.ID }) {
				t.Errorf("lower leads to %v, %v", names(lower), err)
			}
			for _, l := range c[1:] {
				if to, err := filepath.EvalSymlinks(h.path("l", "LINK-"+l.ID)); err != nil || to != l.Diff() {
					t.Errorf("symlink of %s: %s, %v", l.ID, to, err)
				}
			}
		})
	}
}

// TestRelinkReadOnly follows a chain into an additional image store, which has lost its
// symlinks and must not be written to.
func TestRelinkReadOnly(t *testing.T) {
	theirs, ours := newHome(t), newHome(t)
	theirs.layer("a")
	theirs.layer("b")
	theirs.write("l/LINK-a", "b", "lower")
	theirs.remove("l", "LINK-a")
	theirs.remove("l", "LINK-b")
	theirs.ReadOnly = true
	ours.layer("c")
	ours.write(both, "c", "lower")
	s := &chain.Stores{Primary: ours.Store, Additional: []chain.Store{theirs.Store}}
	for id, want := range map[string]string{"c": "c b a", "b": "b a"} {
		c, written, err := s.Relink(id)
		if got := strings.Join(names(c), " "); err != nil || got != want || len(written) > 0 {
			t.Errorf("Relink = %s, %q, %v", got, written, err)
		}
	}
	if left, err := os.ReadDir(theirs.path("l")); err != nil || len(left) > 0 {
		t.Errorf("in the additional store: %v, %v", left, err)
	}
}

// TestInherit makes layers on parents with and without lower-layers, as versions of
// containers/storage with lower only, and as 1.63, which copies both files of the parent.
func TestInherit(t *testing.T) {
	for _, tc := range []struct{ name, lower, lowerLayers, childLower, childLayers, wantLower, wantLayers string }{
		{"lower", both, "-", "l/LINK-c:" + both, "-", "l/LINK-c:" + both, ""},
		{"both", both, "b:a", "l/LINK-c:" + both, "-", "l/LINK-c:" + both, "c:b:a"},
		{"lower-layers alone", "-", "b:a", "l/LINK-c", "-", "l/LINK-c:" + both, "c:b:a"},
		{"empty lower-layers", both, "", "l/LINK-c:" + both, "-", "l/LINK-c:" + both, ""},
		{"contradiction", "l/LINK-a", "b", "l/LINK-c:l/LINK-a", "-", "l/LINK-c:l/LINK-b", "c:b"},
		{"lower, by 1.63", both, "-", "l/LINK-c:" + both, "c:b:a", "l/LINK-c:" + both, "c:b:a"},
		{"lower-layers alone, by 1.63", "-", "b:a", "l/LINK-c", "c:b:a", "l/LINK-c:" + both, "c:b:a"},
		{"empty lower-layers, by 1.63", both, "", "l/LINK-c:" + both, "c:", "l/LINK-c:" + both, "c:b:a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHome(t)
			h.three(tc.lower, tc.lowerLayers)
			s := &chain.Stores{Primary: h.Store}
			parent, err := s.Chain("c")
			if err != nil {
				t.Fatal(err)
			}
			h.layer("child")
			h.write(tc.childLower, "child", "lower")
			if tc.childLayers != "-" {
				h.write(tc.childLayers, "child", "lower-layers")
			}
			if err := s.Inherit("child", parent); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]string{"lower": tc.wantLower, "lower-layers": tc.wantLayers} {
				if got, _ := os.ReadFile(h.path("child", name)); string(got) != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestTarSplit finds the tar-split of a layer in the store of the layer, and that of a layer of an
// imagestore in the primary store.
func TestTarSplit(t *testing.T) {
	primary, images := newHome(t), newHome(t)
	stores := &chain.Stores{Primary: primary.Store, Images: images.Store}
	l := chain.Layer{ID: "a", Store: images.Store}
	if _, err := stores.TarSplit(l); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no tar-split: %v", err)
	}
	for _, s := range []home{primary, images} { // the store of the layer comes first
		want := filepath.Join(s.LayersDir(), "a.tar-split.gz")
		if err := errors.Join(os.MkdirAll(s.LayersDir(), 0o700), os.WriteFile(want, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		if got, err := stores.TarSplit(l); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
