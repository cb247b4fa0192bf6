//go:build linux

package cross_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestDifferences compares the program with itself, and with programs that do one thing wrong
// each: these differ, and in that thing only.
func TestDifferences(t *testing.T) {
	ours := native(t)
	layers := [][]byte{
		layertest.Tar(layertest.Dir("etc"), layertest.File("etc/file", strings.Repeat("x", 100))),
		layertest.Tar(layertest.File("etc/.wh.file", ""), layertest.File("other", "y")),
	}
	want := ours.convert(t, layers)
	want.complete(t)
	if found := differences(want, ours.convert(t, layers)); len(found) > 0 {
		t.Errorf("it differs from itself: %q", found)
	}
	for name, c := range map[string]struct{ script, differs string }{
		"a byte of a layer image": {"printf x | dd of=layer0 bs=1 seek=4000 conv=notrunc status=none", "/layer0: differs"},
		"a missing object":        {"rm $(find pool/objects -type f | head -n 1)", ": missing"},
		"another file":            {"touch pool/more", "/pool/more: not expected"},
		"a mode":                  {"chmod 600 merged", "/merged: differs"},
		"its output":              {"echo more", "dump merged: differs"},
		"its exit code":           {"exit 3", "dump merged: differs"},
	} {
		path := filepath.Join(t.TempDir(), "program")
		script := "#!/bin/sh\nset -e\n" + ours[0] + ` "$@"; [ "$1" = dump ] || exit 0; ` + c.script + "\n"
		if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		if found := differences(want, program{path}.convert(t, layers)); len(found) != 1 || !strings.Contains(found[0], c.differs) {
			t.Errorf("%s: %q, want %q", name, found, c.differs)
		}
	}
}
