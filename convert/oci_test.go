package convert_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ociLayers returns two layers, and a function that opens the objects of their files.
func ociLayers(t *testing.T) (images [][]byte, object func(verity.Digest) (io.ReadCloser, error)) {
	t.Helper()
	big, other := strings.Repeat("big ", 5000), strings.Repeat("other", 100)
	images, err := convertAll(t, new(layertest.Contents), [][]byte{
		layertest.Tar(layertest.Dir("usr"), layertest.File("usr/big", big).Xattr("user.a", "1"), layertest.File("usr/small", "s"), layertest.File("usr/gone", "g"+big)),
		layertest.Tar(layertest.File("usr/.wh.gone", ""), layertest.File("usr/again", big), layertest.Link("usr/linked", "usr/again"), layertest.File("other", other)),
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[verity.Digest]string{verity.Sum([]byte(big)): big, verity.Sum([]byte(other)): other}
	return images, func(d verity.Digest) (io.ReadCloser, error) {
		if content, ok := contents[d]; ok {
			return io.NopCloser(strings.NewReader(content)), nil
		}
		return nil, errors.New("no such object")
	}
}

// TestOCI compares the sha256 image digest of the layers, and of their merged image, with that of
// the image that Merge writes.
func TestOCI(t *testing.T) {
	images, _ := ociLayers(t)
	var canonical, merged bytes.Buffer
	want, err := convert.Merge(t.Context(), sourcesOf(t, images), &canonical, convert.MergeOptions{OCI: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := convert.Merge(t.Context(), sourcesOf(t, images), &merged, convert.MergeOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, images := range [][][]byte{images, {merged.Bytes()}} {
		got, err := convert.OCI(t.Context(), sourcesOf(t, images), convert.OCIOptions{})
		if err != nil || got.Digest != want.Digest || got.Size != int64(canonical.Len()) || got.Annotation() != "composefs.merged.erofs.v1.fsverity-sha256-12" {
			t.Errorf("%d images: %+v, %v, want %s", len(images), got, err, want.Digest)
		}
	}
}

// TestOCI512 checks that only sha512 reads the objects of the tree, and that it checks them.
func TestOCI512(t *testing.T) {
	images, object := ociLayers(t)
	opts := convert.OCIOptions{Algorithm: verity.SHA512, Object: object}
	got, err := convert.OCI(t.Context(), sourcesOf(t, images), opts)
	again, _ := convert.OCI(t.Context(), sourcesOf(t, images), opts)
	if err != nil || got.Digest.Algorithm() != verity.SHA512 || got != again || got.Annotation() != "composefs.merged.erofs.v1.fsverity-sha512-12" {
		t.Errorf("%+v, then %+v, %v", got, again, err)
	}
	for want, object := range map[string]func(verity.Digest) (io.ReadCloser, error){
		"objects cannot be read": nil,
		"is damaged: its content has fs-verity digest " + verity.Sum([]byte("x")).String(): func(verity.Digest) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("x")), nil
		},
		": no such file": func(verity.Digest) (io.ReadCloser, error) { return os.Open("/nonexistent/object") },
	} {
		_, err := convert.OCI(t.Context(), sourcesOf(t, images), convert.OCIOptions{Algorithm: verity.SHA512, Object: object})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
