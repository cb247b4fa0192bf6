package tests

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestKernels compares the kernels that the man page names with the table of docs/testing.md.
func TestKernels(t *testing.T) {
	release := regexp.MustCompile(`\b[0-9]+\.[0-9]+\.[0-9]+\b`)
	var found [2][]string
	for i, page := range []struct{ path, begin, end string }{
		{"../docs/testing.md", "Kernels that were tried:", "A machine ("},
		{"../docs/containers-storage-composefs.5", ".SH KERNELS", `.SH "ON DISK"`},
	} {
		text, err := os.ReadFile(page.path)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), page.begin)
		section, _, ok := strings.Cut(rest, page.end)
		if !ok {
			t.Fatalf("%s: nothing between %q and %q", page.path, page.begin, page.end)
		}
		found[i] = release.FindAllString(section, -1)
		slices.Sort(found[i])
	}
	if len(found[0]) == 0 || !slices.Equal(found[0], found[1]) {
		t.Errorf("docs/testing.md says that %q were tried, the man page that %q were", found[0], found[1])
	}
}
