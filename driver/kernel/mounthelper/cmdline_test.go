//go:build linux

package mounthelper

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func TestParseCmdline(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	digest := verity.NewDigest(strings.Repeat("\xaa", 32))
	for text, want := range map[string]bootImage{
		"quiet composefs=" + a + " ro\n":                                    {digest: digest},
		"composefs=?" + a:                                                   {digest: digest, optional: true},
		"composefs.digest=v1-sha256-12:" + a:                                {digest: digest},
		"composefs=" + a + " composefs.digest=v1-sha256-12:" + a:            {digest: digest},
		"composefs.other=1 nocomposefs=" + b + " composefs=" + a + " x=y=z": {digest: digest},
		"composefs=" + a + a:                                                {digest: verity.NewDigest(strings.Repeat("\xaa", 64))},
		"composefs.digest=v1-sha512-12:" + a + a:                            {digest: verity.NewDigest(strings.Repeat("\xaa", 64))},
	} {
		if got, err := parseCmdline(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"quiet":                                "neither composefs= nor composefs.digest= names an image",
		"composefs":                            "kernel command line: composefs: ",
		"composefs=" + a + " composefs=" + b:   "composefs=" + b + ": another one before it names another image",
		"composefs=" + a + "a":                 "65 characters",
		"composefs.digest=v1-sha512-12:" + a:   "the format must be v1-sha256-12:DIGEST",
		"composefs.digest=" + a:                "the format must be v1-sha256-12:DIGEST",
		"composefs.digest=v2-sha256-12:" + a:   "the format must be v1-sha256-12:DIGEST",
		"composefs=" + strings.Repeat("x", 64): "kernel command line: composefs=x",
	} {
		if _, err := parseCmdline(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
