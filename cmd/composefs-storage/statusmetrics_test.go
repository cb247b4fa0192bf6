package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestMetrics checks the form of each line, and numbers of a store.
func TestMetrics(t *testing.T) {
	needs.Root(t)
	root, _ := newOCIStore(t, "")
	text := call(t, "status", "--metrics", "--root", root)
	line := regexp.MustCompile(`^(# (HELP|TYPE) composefs_[a-z_]+ .+|composefs_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9]+)$`)
	for l := range strings.Lines(text) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("line %q", l)
		}
	}
	for _, want := range []string{
		"# TYPE composefs_on gauge\ncomposefs_on 0\n", `composefs_pool_objects{store="` + root + `"} 4` + "\n", `composefs_layers{kind="composefs"} 2` + "\n",
		`composefs_images{kind="composefs"} 1` + "\n", "composefs_servers 0\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestLabelValue(t *testing.T) {
	var b bytes.Buffer
	m := &metrics{out: &b}
	m.add("x", 1, "a", "b\\\"c\nd\xff", "e", "f")
	if want := "composefs_x{a=\"b\\\\\\\"c\\nd\uFFFD\",e=\"f\"} 1\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
