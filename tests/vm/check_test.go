//go:build vm

package vm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// found returns the findings that "check" must print about a tampering.
func (s stored) found(t tampering) (words []string) {
	for _, text := range t.found {
		words = append(words, os.Expand(text, func(name string) string { return s.variables()[name] }))
	}
	return words
}

// checked fails unless "check" ends so, and prints all of these words.
func (g guest) checked(what string, code int, words ...string) {
	g.t.Helper()
	out, err := g.Run("composefs-storage check " + app + " && exit; code=$?; echo code $code; exit 1")
	said := out
	if err != nil {
		said = err.Error()
	}
	if code == 0 && err != nil || code != 0 && !strings.Contains(said, fmt.Sprintf("code %d", code)) {
		g.t.Errorf("%s: check does not exit with %d: %s", what, code, said)
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			g.t.Errorf("%s: check does not say %q: %s", what, w, said)
		}
	}
}

// listing are the files of a store, with the facts that show whether one was written or replaced, by
// paths.
type listing map[string]string

func (g guest) files() listing {
	g.t.Helper()
	all := listing{}
	for line := range strings.Lines(g.run("find /data/store -type f -exec stat -c '%n %i %s %Y' {} +")) {
		name, rest, _ := strings.Cut(line, " ")
		all[name] = rest
	}
	return all
}

// unchanged fails if a repair has changed other files than it had to: objects and images
// in the findings of check.
func (before listing) unchanged(t *testing.T, what string, after listing, found []string) {
	t.Helper()
	told := func(path string) bool {
		return slices.ContainsFunc(found, func(text string) bool {
			return strings.HasSuffix(text, hex(path)) || filepath.Base(path) == "merged.blob" && strings.HasPrefix(text, "merged") ||
				text == path
		})
	}
	for path, is := range after {
		if before[path] != is && !told(path) && !strings.HasSuffix(path, "lock") {
			t.Errorf("%s: the repair wrote %s", what, path)
		}
		delete(before, path)
	}
	for path := range before {
		if !told(path) {
			t.Errorf("%s: the repair removed %s", what, path)
		}
	}
}
