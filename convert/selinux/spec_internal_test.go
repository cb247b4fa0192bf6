package selinux

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzPrefix: a path that matches a pattern begins with the pattern's literal prefix.
func FuzzPrefix(f *testing.F) {
	for _, pattern := range []string{"/a|/b", "/ab?c", "/a(b|c)", `/a\(b|c)`, "/a[(]b|c", "/a{0,1}b", "/a+", `\/a`, "/é?", "?", "(?i)/A", "/a(?#|)b", "a)|(b"} {
		f.Add(pattern, "/abc")
		f.Add(pattern, "/b")
		f.Add(pattern, "c)")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		re, err := regexp.Compile("(?s:^(" + widen(pattern) + ")$)")
		if err != nil {
			return
		}
		if prefix := literalPrefix(pattern); re.MatchString(widen(path)) && !strings.HasPrefix(path, prefix) {
			t.Errorf("%q matches %q, whose prefix is %q", path, pattern, prefix)
		}
	})
}
