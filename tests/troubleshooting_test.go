package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quoted is a cell of the first column of a table of docs/troubleshooting.md.
var quoted = regexp.MustCompile(`(?m)^\| (.*?) \| `)

// TestTroubleshooting looks each message that the page quotes up in the code, this
// project's or that of podman.
func TestTroubleshooting(t *testing.T) {
	page, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, dir := range []string{"../cmd", "../config", "../convert", "../driver", "../vendor/github.com/containers/storage", "../vendor/github.com/containers/common/libimage"} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			code.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all, n := strings.ReplaceAll(code.String(), `\"`, `"`), 0
	for _, cell := range quoted.FindAllStringSubmatch(string(page), -1) {
		message, ok := strings.CutPrefix(cell[1], "`")
		if !ok { // a symptom in words
			continue
		}
		message, _, _ = strings.Cut(message, "`")
		for part := range strings.SplitSeq(message, "…") {
			if n++; !strings.Contains(all, strings.TrimSpace(strings.TrimPrefix(part, "off: "))) {
				t.Errorf("%q is not in the code: part of %q", part, message)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d messages are found in the page", n)
	}
}
