package convert

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestOverlayValues compares with the values of mkcomposefs for sha256, and with the kernel's
// lengths for sha512.
func TestOverlayValues(t *testing.T) {
	for a, want := range map[verity.Algorithm]struct{ header, redirect string }{
		verity.SHA256: {"\x00\x24\x00\x01", "/ab/" + strings.Repeat("ab", 31)},
		verity.SHA512: {"\x00\x44\x00\x02", "/ab/" + strings.Repeat("ab", 63)},
	} {
		digest := strings.Repeat("\xab", a.Size())
		if metacopy, redirect := overlayValues(a, digest); metacopy != want.header+digest || redirect != want.redirect {
			t.Errorf("%s: %q, %q", a, metacopy, redirect)
		}
	}
}
