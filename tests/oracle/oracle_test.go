//go:build oracle

// Package oracle_test compares with the C program mkcomposefs 1.0.8, on trees
// and dumps that are in no vector. It is not part of the ordinary tests, which
// need nothing but the committed vectors: "make oracle" fetches the C program
// and runs it.
package oracle_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

var (
	theirs = flag.String("theirs", "", "the C program")
	ours   = flag.String("ours", "", "our composefs-storage")
	rounds = flag.Int("rounds", 300, "how many inputs to compare")
	seed   = flag.Uint64("seed", 1, "where the inputs come from")
)

// verdict is the result of a program with an input.
type verdict struct {
	code   int
	stderr string
	image  []byte
}

func run(t *testing.T, input string, env []string, command ...string) verdict {
	t.Helper()
	out := filepath.Join(t.TempDir(), "image")
	cmd := exec.Command(command[0], append(command[1:], "--from-file", input, out)...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatal(err)
	}
	image, _ := os.ReadFile(out) // absent after a failure
	return verdict{cmd.ProcessState.ExitCode(), stderr.String(), image}
}

func compare(t *testing.T, input string, env []string, options ...string) {
	t.Helper()
	want := run(t, input, env, append([]string{*theirs}, options...)...)
	got := run(t, input, env, append([]string{*ours, "mkcomposefs"}, options...)...)
	same := got.code == want.code && got.stderr == want.stderr
	if same && want.code == 0 {
		same = bytes.Equal(got.image, want.image)
	}
	if !same {
		keep := filepath.Join(os.TempDir(), fmt.Sprintf("oracle-%d.dump", os.Getpid()))
		text, _ := os.ReadFile(input)
		if err := os.WriteFile(keep, text, 0o644); err != nil {
			t.Error(err)
		}
		t.Fatalf("%v: exit code %d, stderr %q, image of %d bytes; want %d, %q, %d bytes; input kept as %s",
			options, got.code, got.stderr, len(got.image), want.code, want.stderr, len(want.image), keep)
	}
}

var optionSets = [][]string{
	nil,
	{"--min-version=0", "--max-version=0"},
	{"--min-version=1", "--max-version=1"},
}

// TestTrees compares the images of random trees.
func TestTrees(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 0))
	input := filepath.Join(t.TempDir(), "dump")
	for i := range *rounds {
		tr := treetest.Random(r, 1+r.IntN(300))
		var text bytes.Buffer
		if err := dump.Write(&text, tr); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(input, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		compare(t, input, nil, optionSets[i%len(optionSets)]...)
	}
}

// TestMutations compares the verdicts on damaged dumps.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(*seed, 1))
	input := filepath.Join(t.TempDir(), "dump")
	var seeds [][]byte
	for _, v := range treetest.Accepted(t) {
		if len(v.Dump) < 20000 {
			seeds = append(seeds, v.Dump)
		}
	}
	for i := range *rounds {
		text := mutate(r, seeds[r.IntN(len(seeds))], seeds[r.IntN(len(seeds))])
		if undefined(text) {
			continue
		}
		if err := os.WriteFile(input, text, 0o644); err != nil {
			t.Fatal(err)
		}
		var env []string
		if i%2 == 1 {
			env = []string{"CFS_PARSE_STRICT=1"}
		}
		compare(t, input, env, optionSets[i%len(optionSets)]...)
	}
}

// TestScan compares the images of directories of this machine.
func TestScan(t *testing.T) {
	for _, dir := range []string{"/etc", "/dev", "/usr/include", "/usr/share/doc"} {
		for _, options := range [][]string{
			nil, {"--use-epoch", "--skip-devices"}, {"--skip-xattrs", "--min-version=1"}, {"--user-xattrs", "--threads=1"},
		} {
			args := append(options, "--print-digest-only", dir)
			want, wantErr := exec.Command(*theirs, args...).CombinedOutput()
			got, gotErr := exec.Command(*ours, append([]string{"mkcomposefs"}, args...)...).CombinedOutput()
			if (gotErr == nil) != (wantErr == nil) || wantErr == nil && !bytes.Equal(got, want) {
				t.Errorf("%v: %q, %v, want %q, %v", args, got, gotErr, want, wantErr)
			}
		}
	}
}

var fragments = []string{
	" ", "  ", "\n", "/", "//", "\\x2f", "\\x00", "\\x2d", "-", "@", ".", "..", "=", "0", "-1", "+1", "\t1", "08", "1.",
	".1", "1.2.3", "99999999999999999999", "4294967296", "20644", "120777", "100644", "40755", "@100644", "/a", "\\q",
	" user.overlay.whiteout=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", " trusted.overlay.whiteouts=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
	" security.selinux=x", " a", " =b", "\r", "\x00", "\xff",
}

// mutate damages a dump in a few places; other gives it foreign lines.
func mutate(r *rand.Rand, text, other []byte) []byte {
	text = bytes.Clone(text)
	for range 1 + r.IntN(4) {
		if len(text) == 0 {
			break
		}
		at := r.IntN(len(text))
		switch r.IntN(6) {
		case 0: // delete a little
			end := min(len(text), at+1+r.IntN(4))
			text = append(text[:at:at], text[end:]...)
		case 1: // insert something meaningful
			text = []byte(string(text[:at]) + fragments[r.IntN(len(fragments))] + string(text[at:]))
		case 2: // replace a field
			fields := strings.Split(string(text), " ")
			fields[r.IntN(len(fields))] = fragments[r.IntN(len(fragments))]
			text = []byte(strings.Join(fields, " "))
		case 3: // repeat or drop a line
			lines := bytes.SplitAfter(text, []byte("\n"))
			i := r.IntN(len(lines))
			if r.IntN(2) == 0 {
				lines = append(lines, lines[i])
			} else if len(lines) > 1 {
				lines = append(lines[:i:i], lines[i+1:]...)
			}
			text = bytes.Join(lines, nil)
		case 4: // add a foreign line
			lines := bytes.SplitAfter(other, []byte("\n"))
			text = append(text, lines[r.IntN(len(lines))]...)
		case 5:
			text[at] = byte(r.UintN(256))
		}
	}
	return text
}

// undefined reports whether the C program's answer depends on uninitialised
// memory, or never comes: then we refuse on purpose.
func undefined(text []byte) bool {
	_, err := dump.Parse(bytes.NewReader(text), dump.Lenient)
	return err != nil && (strings.Contains(err.Error(), "must begin with 64 hex digits") || strings.Contains(err.Error(), "Too many levels"))
}
