package fsck

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// TestSize checks objects whose size is only known from the image of a layer: the file is
// as it should be or not, and the image is right or not.
func TestSize(t *testing.T) {
	right := bytes.Repeat([]byte("content"), bufferSize/7) // two reads, nearly
	d := verity.Sum(right)
	for name, tc := range map[string]struct {
		file   []byte
		stated int
		kind   Kind
		detail string
	}{
		"right":                     {file: right, stated: len(right)},
		"image says less":           {right, 10, ImageDamaged, "it has 262143"},
		"image says more":           {right, 1 << 30, ImageDamaged, "it has 262143"},
		"image says nothing":        {right, 0, ImageDamaged, "it has 262143"},
		"longer":                    {append(bytes.Clone(right), "more and more"...), len(right), ObjectDamaged, "it has 262156 bytes of 262143"},
		"longer, image says less":   {append(bytes.Clone(right), right...), 10, ObjectDamaged, "it has 524286 bytes of 10"},
		"a good start, a long tail": {append(bytes.Clone(right), make([]byte, 1<<20)...), 10, ObjectDamaged, "it has 1310719 bytes of 10"},
		"shorter":                   {right[:100], len(right), ObjectDamaged, "it has 100 bytes of 262143"},
		"empty":                     {nil, len(right), ObjectDamaged, "it has 0 bytes of 262143"},
		"another":                   {bytes.ToUpper(right), len(right), ObjectDamaged, "its content has digest"},
	} {
		t.Run(name, func(t *testing.T) {
			s := chain.Store{Home: filepath.Join(t.TempDir(), "overlay")}
			path := filepath.Join(s.Pool(), "objects", objects.Path(d))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, tc.file, 0o600)); err != nil {
				t.Fatal(err)
			}
			c, err := newChecker(Options{Stores: &chain.Stores{Primary: s}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			p := c.poolOf(t.Context(), s)
			c.list(p)
			l := &layer{Layer: chain.Layer{ID: "layer", Store: s}, pool: p}
			p.want(content{d, int64(tc.stated)}, l, false, p.object(d, false).inode)
			c.hashAll(t.Context())
			for _, x := range c.faults {
				c.add(&Finding{Kind: ObjectDamaged, Detail: x.why()})
				if got := c.strays[verity.Sum(tc.file)]; len(tc.file) == tc.stated && got != path {
					t.Errorf("a good copy of what the file has is known as %q", got)
				}
			}
			switch {
			case len(c.findings) == 0 && tc.kind == "":
			case len(c.findings) != 1, c.findings[0].Kind != tc.kind, !strings.Contains(c.findings[0].Detail, tc.detail):
				t.Errorf("%+v, want %s, %s", c.findings, tc.kind, tc.detail)
			}
		})
	}
}

// TestNames reads back names, of which few that look like digests are none.
func TestNames(t *testing.T) {
	d := objects.Path(verity.Sum([]byte("content")))
	for path, isDigest := range map[string]bool{
		d: true, strings.ToUpper(d): false, d[:64]: false, d + "0": false, strings.Replace(d, "/", "0", 1): false,
		d[:64] + "g": false, ".tmp-1": false, "00/" + strings.Repeat("0", 62): true,
	} {
		n := nameOf(path)
		if n.String() != path || (n.other == "") != isDigest {
			t.Errorf("%s is read as %s, a digest: %t", path, n, n.other == "")
		}
		if nameOf([]byte(path)) != n {
			t.Errorf("%s is another name as bytes", path)
		}
	}
}
