package convert_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// read is a Source.Read for the layer.
func (l *stockLayer) read(payload string, _ int64) ([]byte, error) {
	content, ok := l.contents[payload]
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	return []byte(content), nil
}

// TestKeep merges layers of stock containers/storage and keeps their payloads. A file must have the
// same line in the merged image as in its layer, unless it is inline.
func TestKeep(t *testing.T) {
	long := strings.Repeat("long ", 20)
	for _, withVerity := range []bool{false, true} {
		for _, withRead := range []bool{false, true} {
			t.Run(fmt.Sprintf("verity %v, read %v", withVerity, withRead), func(t *testing.T) {
				lower, upper := stockLayer{verity: withVerity}, stockLayer{verity: withVerity}
				lower.add("/", dir, "")
				lower.add("/a", file, "deleted")
				lower.add("/empty", file, "")
				lower.add("/long", file, long)
				lower.add("/small", file, "small")
				upper.add("/", dir, "")
				upper.add("/.wh.a", file, "")
				upper.add("/other", file, long+"other")
				store := new(layertest.Contents)
				chain := []convert.Source{lower.source(t, store), upper.source(t, store)}
				for i, l := range []*stockLayer{&lower, &upper} {
					chain[i].Keep = true // Adopt must not be called
					if withRead {
						chain[i].Read = l.read
					}
				}
				want := []string{lower.lines[2], lower.lines[3], upper.lines[2], lower.lines[4]}
				if withRead {
					want[3] = "/small 5 100644 1 0 0 0 0.0 - small -\n"
				}
				got := dumpOf(t, merge(t, chain, convert.MergeOptions{}))[1:]
				if strings.Join(got, "") != strings.Join(want, "") {
					t.Errorf("has\n%swant\n%s", strings.Join(got, ""), strings.Join(want, ""))
				}
				checkKeepSegment(t, chain, got)
				if len(store.Digests()) > 0 {
					t.Errorf("brought to the pool: %q", store.Digests())
				}
			})
		}
	}
}

// checkKeepSegment checks that merging in two steps gives the same.
func checkKeepSegment(t *testing.T, chain []convert.Source, want []string) {
	t.Helper()
	segment := merge(t, chain, convert.MergeOptions{Segment: true})
	again := merge(t, []convert.Source{{Image: open(t, segment), Keep: true}}, convert.MergeOptions{})
	if got := dumpOf(t, again)[1:]; !slices.Equal(got, want) {
		t.Errorf("in two steps it has\n%swant\n%s", strings.Join(got, ""), strings.Join(want, ""))
	}
}

func merge(t *testing.T, chain []convert.Source, opts convert.MergeOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := convert.Merge(t.Context(), chain, &b, opts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dumpOf returns the lines of an image's dump, in which they end in newlines.
func dumpOf(t *testing.T, image []byte) []string {
	t.Helper()
	tr, err := open(t, image).Tree()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := dump.Write(&b, tr); err != nil {
		t.Fatal(err)
	}
	return slices.Collect(strings.Lines(b.String()))
}

// TestKeepRefused checks the errors for payloads that cannot be kept.
func TestKeepRefused(t *testing.T) {
	l := stockLayer{verity: true}
	l.add("/", dir, "")
	l.add("/f", file, "content")
	image := l.source(t, new(layertest.Contents)).Image
	answer := func(content string, err error) func(string, int64) ([]byte, error) {
		return func(string, int64) ([]byte, error) { return []byte(content), err }
	}
	for _, c := range []struct {
		name string
		read func(string, int64) ([]byte, error)
		want error
	}{
		{"missing", answer("", io.ErrUnexpectedEOF), io.ErrUnexpectedEOF},
		{"short", answer("conten", nil), objects.ErrDamaged},
		{"damaged", answer("Content", nil), objects.ErrDamaged},
	} {
		_, err := convert.MergeTree(t.Context(), []convert.Source{{Image: image, Keep: true, Read: c.read}}, false)
		if !errors.Is(err, c.want) || !strings.HasPrefix(err.Error(), `layer 1: payload "ed/`) {
			t.Errorf("%s: error %v, want %v of layer 1", c.name, err, c.want)
		}
	}
	// The path of a payload would be in the image whose digest others compute.
	_, err := convert.Merge(t.Context(), []convert.Source{{Image: image, Keep: true}}, io.Discard, convert.MergeOptions{OCI: true})
	if !errors.Is(err, convert.ErrAdopt) {
		t.Errorf("canonical: %v, want %v", err, convert.ErrAdopt)
	}
	for _, payload := range []string{"../f", "a/../f", "/f", "a//f", "."} {
		n := &tree.Inode{Mode: file, Nlink: 1, Size: 100, Payload: payload}
		root := tree.NewDir(0o755)
		if err := root.Dir.Add(tree.Entry{Name: "f", Inode: n}); err != nil {
			t.Fatal(err)
		}
		m := open(t, write(t, &tree.Tree{Root: root}, erofs.Auto))
		if _, err := convert.MergeTree(t.Context(), []convert.Source{{Image: m, Keep: true}}, false); !errors.Is(err, erofs.ErrCorrupt) {
			t.Errorf("payload %q: %v, want %v", payload, err, erofs.ErrCorrupt)
		}
	}
}
