package toc_test

import (
	"io"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/toc"
)

// TestParsed encodes tables of a type that looks like the one of containers/storage.
func TestParsed(t *testing.T) {
	type entry struct {
		Name     string            `json:"name"`
		Linkname string            `json:"linkName,omitempty"`
		Xattrs   map[string]string `json:"xattrs,omitempty"`
	}
	type parsed struct{ Entries []entry }
	for _, c := range []struct {
		entries []entry
		want    string
	}{
		{nil, `{"entries":[]}`},
		{[]entry{{Name: "é"}, {Name: "b", Xattrs: map[string]string{"user.a": "AA=="}}}, `{"entries":[{"name":"é"},{"name":"b","xattrs":{"user.a":"AA=="}}]}`},
		{[]entry{{Name: "a\xff"}}, `"a\xff" is not UTF-8`},
		{[]entry{{Linkname: "a\xff"}}, `"a\xff" is not UTF-8`},
		{[]entry{{Xattrs: map[string]string{"a\xff": ""}}}, `"a\xff" is not UTF-8`},
	} {
		r, err := toc.Parsed(&parsed{c.entries})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil {
			got = []byte(err.Error())
		}
		if s := strings.ReplaceAll(string(got), "\n", ""); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
	for _, v := range []any{nil, "", &struct{ Entries string }{}} {
		if _, err := toc.Parsed(v); err == nil {
			t.Errorf("%T is taken for a table", v)
		}
	}
}
