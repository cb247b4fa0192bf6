package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// result is the result of a run of the program.
type result struct {
	code   int
	out    string
	err    string
	image  []byte
	exists bool
}

// mkcomposefsOn runs mkcomposefs on a dump, as the program of that name.
func mkcomposefsOn(t *testing.T, dump []byte, options ...string) result {
	t.Helper()
	dir := t.TempDir()
	source, image := filepath.Join(dir, "dump"), filepath.Join(dir, "image")
	if err := os.WriteFile(source, dump, 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	args := append([]string{"/usr/bin/mkcomposefs"}, options...)
	code := run(append(args, "--from-file", source, image), streams{nil, &out, &errs})
	r := result{code: code, out: out.String(), err: errs.String()}
	var err error
	r.image, err = os.ReadFile(image)
	r.exists = err == nil
	return r
}

func TestAccepted(t *testing.T) {
	for _, v := range treetest.Accepted(t) {
		t.Run(v.Name, func(t *testing.T) {
			r := mkcomposefsOn(t, v.Dump, append(v.Options, "--print-digest")...)
			sum := sha256.Sum256(r.image)
			if r.code != 0 || r.err != "" || r.out != v.Verity+"\n" || hex.EncodeToString(sum[:]) != v.SHA256 {
				t.Errorf("%v: exit code %d, stdout %q, stderr %q, sha256 %x", v.Options, r.code, r.out, r.err, sum)
			}
		})
	}
}

func TestRejected(t *testing.T) {
	for _, v := range treetest.Rejected(t) {
		t.Run(v.Name, func(t *testing.T) {
			r := mkcomposefsOn(t, v.Dump, v.Options...)
			if r.code != 1 || r.err != v.Stderr+"\n" || r.out != "" {
				t.Errorf("exit code %d, stdout %q, stderr %q, want %q", r.code, r.out, r.err, v.Stderr)
			}
			if r.exists {
				t.Error("an image is left behind")
			}
		})
	}
}

func TestStrict(t *testing.T) {
	for _, v := range treetest.Strict(t) {
		t.Run(v.Name, func(t *testing.T) {
			if r := mkcomposefsOn(t, v.Dump); r.code != 0 {
				t.Errorf("plain: exit code %d, stderr %q", r.code, r.err)
			}
			t.Setenv("CFS_PARSE_STRICT", "")
			r := mkcomposefsOn(t, v.Dump)
			if (r.code == 0) != v.OK || strings.TrimSuffix(r.err, "\n") != v.Stderr {
				t.Errorf("strict: exit code %d, stderr %q, want %q", r.code, r.err, v.Stderr)
			}
		})
	}
}

func TestOptionSets(t *testing.T) {
	for _, v := range treetest.OptionSets(t) {
		t.Run(strings.Join(v.Options, " ")+" "+v.Name, func(t *testing.T) {
			r := mkcomposefsOn(t, v.Dump, append(v.Options, "--print-digest")...)
			if !v.OK {
				if r.code != 1 || strings.TrimSpace(r.err) != strings.TrimSpace(v.Stderr) {
					t.Errorf("exit code %d, stderr %q, want %q", r.code, r.err, v.Stderr)
				}
				return
			}
			if r.code != 0 || r.out != v.Verity+"\n" || r.image[12] != v.Version[0]-'0' {
				t.Errorf("exit code %d, stdout %q, stderr %q, want version %s, digest %s", r.code, r.out, r.err, v.Version, v.Verity)
			}
		})
	}
}

func TestParseLong(t *testing.T) {
	for _, tc := range []struct {
		args string // separated by spaces
		want string // the options, then the operands
	}{
		{"--flag a b", "flag a b"},
		{"a --flag b", "flag a b"},
		{"a -- --flag", "a --flag"},
		{"--fl a", "flag a"},
		{"--value=x a", "value=x a"},
		{"--value x a", "value=x a"},
		{"--value= a", "value= a"},
		{"--value-o", "value-only"},
		{"--val x", "error: unknown"}, // ambiguous
		{"--value-only", "value-only"},
		{"- a", "- a"},
		{"--flag=x", "error: unknown"},
		{"--nope", "error: unknown"},
		{"-f", "error: unknown"},
		{"--value", "error: option needs a value"},
	} {
		var got []string
		set := func(name string) func(string) error {
			return func(value string) error {
				if name == "value" {
					name += "=" + value
				}
				got = append(got, name)
				return nil
			}
		}
		operands, err := parseLong(strings.Split(tc.args, " "), []longOption{
			{"flag", false, set("flag")}, {"value", true, set("value")}, {"value-only", false, set("value-only")},
		})
		text := strings.Join(append(got, operands...), " ")
		if err != nil {
			text = "error: " + err.Error()
		}
		if text != tc.want && !(err != nil && strings.HasPrefix(text, tc.want)) {
			t.Errorf("parseLong(%q) = %q, want %q", tc.args, text, tc.want)
		}
	}
}

func TestParseLongInt(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "1": 1, "+1": 1, "-1": -1, " \t7": 7, "007": 7, "9223372036854775807": 1<<63 - 1,
		"9223372036854775808": 1<<63 - 1, "-9223372036854775808": -1 << 63, "-99999999999999999999": -1 << 63,
	} {
		if got, ok := parseLongInt(in); !ok || got != want {
			t.Errorf("parseLongInt(%q) = %d, %t, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "+", "-", "1x", "x", "1 ", "0x1", "--1"} {
		if got, ok := parseLongInt(in); ok {
			t.Errorf("parseLongInt(%q) = %d, want an error", in, got)
		}
	}
}
