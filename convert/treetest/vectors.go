// Package treetest has test data for several packages: vectors of the behaviour of mkcomposefs
// 1.0.8, and a generator of random trees. Only tests import it.
package treetest

import (
	"embed"
	"strings"
	"testing"
)

//go:embed vectors
var vectors embed.FS

// Vector is an input that mkcomposefs accepts, and the resulting image.
type Vector struct {
	Name    string
	Options []string // of mkcomposefs
	Dump    []byte
	SHA256  string // of the image's bytes, hex
	Verity  string // fs-verity digest of the image, hex
	Size    string // of the image, decimal
}

// Accepted returns the rows of expected.tsv. It fails the test if there are none.
func Accepted(t testing.TB) []Vector {
	t.Helper()
	var all []Vector
	for _, row := range rows(t, "expected.tsv", 5) {
		all = append(all, Vector{
			Name: row[0], Options: options(row[1]), Dump: Dump(t, row[0]),
			SHA256: row[2], Verity: row[3], Size: row[4],
		})
	}
	return all
}

// Rejection is an input that mkcomposefs refuses.
type Rejection struct {
	Name    string
	Options []string
	Dump    []byte
	Stderr  string // without the last newline
}

// Rejected returns the rows of rejected.tsv. It fails the test if there are none.
func Rejected(t testing.TB) []Rejection {
	t.Helper()
	unescape := strings.NewReplacer(`\t`, "\t", `\n`, "\n", `\r`, "\r", `\\`, `\`)
	var all []Rejection
	for _, row := range rows(t, "rejected.tsv", 4) {
		if row[2] != "1" {
			t.Fatalf("rejected.tsv: %s: exit code %s, want 1", row[0], row[2])
		}
		all = append(all, Rejection{
			Name: row[0], Options: options(row[1]), Dump: Dump(t, "rejected/"+row[0]),
			Stderr: unescape.Replace(row[3]),
		})
	}
	return all
}

// StrictVerdict is the result of mkcomposefs with CFS_PARSE_STRICT set, for an input that it
// accepts without.
type StrictVerdict struct {
	Name   string
	Dump   []byte
	OK     bool
	Stderr string
}

// Strict returns the rows of strict.tsv. It fails the test if there are none.
func Strict(t testing.TB) []StrictVerdict {
	t.Helper()
	var all []StrictVerdict
	for _, row := range rows(t, "strict.tsv", 4) {
		if row[1] != "0" {
			t.Fatalf("strict.tsv: %s: plain exit code %s, want 0", row[0], row[1])
		}
		all = append(all, StrictVerdict{
			Name: row[0], Dump: Dump(t, "strict/"+row[0]), OK: row[2] == "0", Stderr: row[3],
		})
	}
	return all
}

// OptionsVerdict is the result of mkcomposefs for a combination of version options.
type OptionsVerdict struct {
	Options []string
	Name    string
	Dump    []byte
	OK      bool
	Version string // composefs_version of the header
	Verity  string
	Stderr  string // first line
}

// OptionSets returns the rows of options.tsv. It fails the test if there are none.
func OptionSets(t testing.TB) []OptionsVerdict {
	t.Helper()
	var all []OptionsVerdict
	for _, row := range rows(t, "options.tsv", 6) {
		all = append(all, OptionsVerdict{
			Options: options(row[0]), Name: row[1], Dump: Dump(t, row[1]),
			OK: row[2] == "0", Version: row[3], Verity: row[4], Stderr: row[5],
		})
	}
	return all
}

// Dump returns the dump of that name, without its ".dump".
func Dump(t testing.TB, name string) []byte {
	t.Helper()
	data, err := vectors.ReadFile("vectors/" + name + ".dump")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rows reads a table without its heading.
func rows(t testing.TB, name string, columns int) [][]string {
	t.Helper()
	data, err := vectors.ReadFile("vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")[1:] {
		row := strings.Split(line, "\t")
		for len(row) < columns { // an empty last column
			row = append(row, "")
		}
		if len(row) != columns {
			t.Fatalf("%s: %d columns in %q, want %d", name, len(row), line, columns)
		}
		all = append(all, row)
	}
	if len(all) == 0 {
		t.Fatalf("%s: no rows", name)
	}
	return all
}

func options(column string) []string {
	if column == "-" {
		return nil
	}
	return strings.Split(column, " ")
}
