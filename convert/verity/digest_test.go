package verity_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestDigest checks digests of both algorithms.
func TestDigest(t *testing.T) {
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		d := a.Sum([]byte("content"))
		back, err := verity.ParseDigest(d.String())
		if err != nil || back != d || d.Algorithm() != a || len(d.String()) != 2*a.Size() || len(d.Bytes()) != a.Size() || d.IsZero() || d.Compare(back) != 0 {
			t.Errorf("%s: %s, %s, %v", a, d, back, err)
		}
		if got, _, err := a.SumReader(strings.NewReader("content")); err != nil || got != d {
			t.Errorf("%s: SumReader: %s, %v", a, got, err)
		}
		if got, err := verity.ParseAlgorithm(a.String()); err != nil || got != a {
			t.Errorf("%s: %s, %v", a, got, err)
		}
	}
	if none := (verity.Digest{}); !none.IsZero() || none.Algorithm() != 0 || none.String() != "" {
		t.Errorf("no digest: %s of %s", none, none.Algorithm())
	}
	for _, text := range []string{"", "ab", strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("a", 127), strings.Repeat("x", 128)} {
		if d, err := verity.ParseDigest(text); err == nil {
			t.Errorf("%q: %s", text, d)
		}
	}
	if _, err := verity.ParseAlgorithm("md5"); err == nil {
		t.Error("md5 is an algorithm")
	}
}
