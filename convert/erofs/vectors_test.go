package erofs_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// formatOf translates the option sets of expected.tsv.
func formatOf(t *testing.T, options []string) erofs.Format {
	switch {
	case len(options) == 0:
		return erofs.Auto
	case slices.Equal(options, []string{"--min-version=0", "--max-version=0"}):
		return erofs.V0
	case slices.Equal(options, []string{"--min-version=1", "--max-version=1"}):
		return erofs.V1
	}
	t.Fatalf("unknown options %q", options)
	panic("unreachable")
}

func TestVectors(t *testing.T) {
	for _, v := range treetest.Accepted(t) {
		t.Run(v.Name, func(t *testing.T) {
			tr, err := dump.Parse(bytes.NewReader(v.Dump), dump.Lenient)
			if err != nil {
				t.Fatal(err)
			}
			var image bytes.Buffer
			n, err := erofs.Write(&image, tr, erofs.Options{Format: formatOf(t, v.Options), MkcomposefsBudget: true})
			if err != nil {
				t.Fatal(err)
			}
			if n != int64(image.Len()) || strconv.FormatInt(n, 10) != v.Size {
				t.Errorf("%v: Write = %d, wrote %d bytes, want %s", v.Options, n, image.Len(), v.Size)
			}
			sum := sha256.Sum256(image.Bytes())
			if got := hex.EncodeToString(sum[:]); got != v.SHA256 {
				t.Errorf("%v: sha256 = %s, want %s", v.Options, got, v.SHA256)
			}
			if got := verity.Sum(image.Bytes()).String(); got != v.Verity {
				t.Errorf("%v: fs-verity digest = %s, want %s", v.Options, got, v.Verity)
			}
		})
	}
}
