package convert_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestLargestXattrs checks which files a conversion reports for their xattrs.
func TestLargestXattrs(t *testing.T) {
	value := func(n int) string { return strings.Repeat("v", n) }
	many := layertest.File("many", "m")
	for _, name := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
		many = many.Xattr("user."+name, value(100))
	}
	ordinary := layertest.File("ordinary", "o").Xattr("user.a", value(400))
	for _, c := range []struct {
		entries []layertest.Entry
		want    []string
	}{
		{[]layertest.Entry{ordinary}, nil},
		{[]layertest.Entry{ordinary, layertest.File("f", "f").Xattr("user.a", value(600))}, []string{"/f"}},
		{[]layertest.Entry{layertest.Dir("d").Xattr("user.a", value(600)), layertest.File("d/f", "f").Xattr("user.a", value(9000))}, []string{"/d/f"}},
		{[]layertest.Entry{many, layertest.Symlink("l", "x").Xattr("trusted.a", value(2000)), ordinary}, []string{"/many", "/l"}},
	} {
		img, err := convert.Layer(t.Context(), bytes.NewReader(layertest.Tar(c.entries...)), new(layertest.Contents), new(bytes.Buffer), layer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range img.LargestXattrs {
			got = append(got, f.Path)
			if len(f.Xattrs) == 0 {
				t.Errorf("%s has no xattrs", f.Path)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("reported are %q, want %q", got, c.want)
		}
	}
}
