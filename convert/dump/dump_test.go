package dump_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

func parse(text []byte, mode dump.Mode) (*tree.Tree, error) {
	return dump.Parse(bytes.NewReader(text), mode)
}

func format(t testing.TB, tr *tree.Tree) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := dump.Write(&b, tr); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// message returns an error in the words of mkcomposefs.
func message(err error) string {
	var syntax *dump.SyntaxError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &syntax):
		return syntax.Msg
	}
	return err.Error()
}

func TestRejected(t *testing.T) {
	for _, v := range treetest.Rejected(t) {
		t.Run(v.Name, func(t *testing.T) {
			tr, err := parse(v.Dump, dump.Lenient)
			want := strings.TrimPrefix(v.Stderr, "mkcomposefs: ")
			if errno, ok := strings.CutPrefix(want, "cannot write file: "); ok {
				if errno != dump.ErrLinkLoop.Error() {
					if err != nil {
						t.Errorf("Parse: %v, but only the writer refuses this", err)
					}
					return
				}
				want = errno
			}
			if message(err) != want || tr != nil {
				t.Errorf("Parse = %v, %v, want error %q", tr, err, want)
			}
		})
	}
}

func TestCStrict(t *testing.T) {
	for _, v := range treetest.Strict(t) {
		t.Run(v.Name, func(t *testing.T) {
			if _, err := parse(v.Dump, dump.Lenient); err != nil {
				t.Errorf("Lenient: %v", err)
			}
			_, err := parse(v.Dump, dump.CStrict)
			if got, want := message(err), strings.TrimPrefix(v.Stderr, "mkcomposefs: "); got != want {
				t.Errorf("CStrict: %q, want %q", got, want)
			}
		})
	}
}

// TestCStrictSeesAllOfRdev guards against truncating the device number before the strict check:
// mkcomposefs truncates it afterwards.
func TestCStrictSeesAllOfRdev(t *testing.T) {
	text := []byte("/ 0 40755 2 0 0 0 0.0 - - -\n/f 0 100644 1 0 0 4294967296 0.0 - - -\n")
	if _, err := parse(text, dump.Lenient); err != nil {
		t.Errorf("Lenient: %v", err)
	}
	if _, err := parse(text, dump.CStrict); message(err) != "Non-zero devnum on non-device" {
		t.Errorf("CStrict: %v", err)
	}
}

// TestBadGIDAndLargeUID guards against truncating UID before it is compared with 0: with 2^32
// mkcomposefs overlooks an invalid GID, as with any UID but 0.
func TestBadGIDAndLargeUID(t *testing.T) {
	text := []byte("/ 0 40755 2 0 0 0 0.0 - - -\n/f 0 100644 1 4294967296 x x 0.0 - - -\n")
	tr, err := parse(text, dump.Lenient)
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := tr.Lookup("/f"); e.Inode.UID != 0 || e.Inode.GID != 0 {
		t.Errorf("uid %d, gid %d, want 0 and 0", e.Inode.UID, e.Inode.GID)
	}
}

// TestRewrite checks that the strictest mode accepts the output of Write for any accepted dump, and
// that it gives the same tree and the same output.
func TestRewrite(t *testing.T) {
	for _, v := range treetest.Accepted(t) {
		t.Run(v.Name, func(t *testing.T) {
			tr, err := parse(v.Dump, dump.Lenient)
			if err != nil {
				t.Fatal(err)
			}
			text := format(t, tr)
			again, err := parse(text, dump.Strict)
			if err != nil {
				t.Fatalf("Strict refuses what Write wrote: %v", err)
			}
			if !bytes.Equal(format(t, again), text) {
				t.Error("dump → tree → dump is not equal")
			}
			for d := range tree.Diff(tr, again) {
				t.Error(d)
			}
		})
	}
}

func TestStrictRefuses(t *testing.T) {
	const root = "/ 0 40755 2 0 0 0 0.0 - - -\n"
	for _, tc := range []struct{ name, in string }{
		{"order", root + "/b 0 100644 1 0 0 0 0.0 - - -\n/a 0 100644 1 0 0 0 0.0 - - -\n"},
		{"sibling before child", root + "/a 0 40755 2 0 0 0 0.0 - - -\n/a.b 0 100644 1 0 0 0 0.0 - - -\n/a/c 0 100644 1 0 0 0 0.0 - - -\n"},
		{"leading zero", root + "/a 00 100644 1 0 0 0 0.0 - - -\n"},
		{"optional escape", root + "/\\x61 0 100644 1 0 0 0 0.0 - - -\n"},
		{"upper case escape", root + "/\\xFF 0 100644 1 0 0 0 0.0 - - -\n"},
		{"raw high byte", root + "/\xff 0 100644 1 0 0 0 0.0 - - -\n"},
		{"double slash", root + "//a 0 100644 1 0 0 0 0.0 - - -\n"},
		{"trailing space", root + "/a 0 100644 1 0 0 0 0.0 - - - \n"},
		{"missing fields", root + "/a 0 100644 1 0 0 0 0.0\n"},
		{"xattr order", root + "/a 0 100644 1 0 0 0 0.0 - - - b=1 a=2\n"},
		{"link to a link", root + "/a 0 100644 1 0 0 0 0.0 - - -\n/b 0 @100644 1 0 0 0 0.0 /a - -\n/c 0 @100644 1 0 0 0 0.0 /b - -\n"},
		{"link with other fields", root + "/a 0 100644 1 0 0 0 0.0 - - -\n/b 1 @100644 1 0 0 0 0.0 /a - -\n"},
		{"no newline", strings.TrimSuffix(root, "\n")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := parse([]byte(tc.in), dump.Lenient); err != nil {
				t.Errorf("Lenient: %v", err)
			}
			if _, err := parse([]byte(tc.in), dump.Strict); err == nil {
				t.Error("Strict: accepted")
			}
		})
	}
}

// TestDeviations has the deviations from mkcomposefs.
func TestDeviations(t *testing.T) {
	const root = "/ 0 40755 2 0 0 0 0.0 - - -\n"
	const loop = root + "/a 0 @100644 1 0 0 0 0.0 /b - -\n/b 0 @100644 1 0 0 0 0.0 /a - -\n/0 0 @100644 1 0 0 0 0.0 /a - -\n"
	for _, tc := range []struct{ name, in, want string }{
		{"short digest", root + "/f 100 100644 1 0 0 0 0.0 - - abcd\n", `Invalid digest "abcd", must begin with 64 hex digits`},
		{"junk digest", root + "/f 100 100644 1 0 0 0 0.0 - - " + strings.Repeat("x", 64) + "\n", `Invalid digest "` + strings.Repeat("x", 64) + `", must begin with 64 hex digits`},
		{"empty digest", root + "/f 100 100644 1 0 0 0 0.0 - - \n", `Invalid digest "", must begin with 64 hex digits`},
		{"no digest field", root + "/f 100 100644 1 0 0 0 0.0 - -\n", `Invalid digest "", must begin with 64 hex digits`},
		{"endless loop of the C tool", loop, "Too many levels of symbolic links"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := parse([]byte(tc.in), dump.Lenient); message(err) != tc.want {
				t.Errorf("Parse: %v, want %q", err, tc.want)
			}
		})
	}
	t.Run("no newline at the end of the C tool's buffer", func(t *testing.T) {
		text := root + "/" + strings.Repeat("a", 100) + " 0 100644 1 0 0 0 0.0 - - - user.a="
		text += strings.Repeat("b", 32000)
		text += "\n/b 0 100644 1 0 0 0 0.0 - - - user.a="
		text += strings.Repeat("b", 65536-len(text)-30000-len("\n/c 0 100644 1 0 0 0 0.0 - - - user.a="))
		text += "\n/c 0 100644 1 0 0 0 0.0 - - - user.a="
		text += strings.Repeat("b", 65536-len(text))
		if _, err := parse([]byte(text), dump.Lenient); err != nil || len(text) != 65536 {
			t.Fatalf("Lenient: %v with %d bytes", err, len(text))
		}
		if _, err := parse([]byte(text), dump.CStrict); message(err) != "Missing trailing newline" {
			t.Errorf("CStrict: %v", err)
		}
	})
}

func TestErrorNamesTheLine(t *testing.T) {
	text := "/ 0 40755 2 0 0 0 0.0 - - -\n/a x 100644 1 0 0 0 0.0 - - -\n"
	_, err := parse([]byte(text), dump.Lenient)
	var syntax *dump.SyntaxError
	if !errors.As(err, &syntax) || syntax.Line != 2 {
		t.Fatalf("Parse: %v, want a SyntaxError for line 2", err)
	}
	if got, want := err.Error(), "dump line 2: Invalid integer x"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

// TestLongChains parses chains of hard links in both directions. The time must not grow with the
// square of their length.
func TestLongChains(t *testing.T) {
	const n = 200_000
	for _, forward := range []bool{true, false} {
		var b strings.Builder
		b.WriteString("/ 0 40755 2 0 0 0 0.0 - - -\n/f 0 100644 1 0 0 0 0.0 - - -\n")
		name := func(i int) string { return "z" + string(rune('a'+i%26)) + itoa(i) }
		for i := range n {
			target := "/f"
			if forward && i > 0 {
				target = "/" + name(i-1)
			} else if !forward && i < n-1 {
				target = "/" + name(i+1)
			}
			b.WriteString("/" + name(i) + " 0 @100644 1 0 0 0 0.0 " + target + " - -\n")
		}
		tr, err := parse([]byte(b.String()), dump.Lenient)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := tr.Lookup("/f")
		for e := range tr.Root.Dir.All() {
			if e.Inode != f.Inode {
				t.Fatalf("%s is not a name of /f", e.Name)
			}
		}
	}
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + string(rune('0'+i%10))
}

// FuzzParse checks the laws of the three modes.
func FuzzParse(f *testing.F) {
	for _, v := range treetest.Accepted(f) {
		if len(v.Options) == 0 && len(v.Dump) < 8<<10 {
			f.Add(v.Dump)
			if tr, err := parse(v.Dump, dump.Lenient); err == nil {
				f.Add(format(f, tr))
			}
		}
	}
	for _, v := range treetest.Rejected(f) {
		f.Add(v.Dump)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		strict, strictErr := parse(text, dump.Strict)
		_, cStrictErr := parse(text, dump.CStrict)
		lenient, err := parse(text, dump.Lenient)
		if strictErr == nil && cStrictErr != nil || cStrictErr == nil && err != nil {
			t.Fatalf("a mode accepts a dump that a laxer one refuses: %v, %v, %v", strictErr, cStrictErr, err)
		}
		if strictErr == nil && !bytes.Equal(format(t, strict), text) {
			t.Fatal("accepted in Strict mode, but written otherwise")
		}
		if err != nil {
			if lenient != nil {
				t.Fatal("error and a tree")
			}
			return
		}
		out := format(t, lenient)
		if longXattrs(out) {
			return // escaping has made them longer than a line may be
		}
		again, err := parse(out, dump.Strict)
		if err != nil {
			t.Fatalf("Strict refuses what Write wrote: %v", err)
		}
		for d := range tree.Diff(lenient, again) {
			t.Fatal(d)
		}
	})
}

func longXattrs(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(line) > 60000 {
			return true
		}
	}
	return false
}
