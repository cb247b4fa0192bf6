package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

const plainTAP = `# cgroup v2
noise before any file
ok 1 of nothing
# composefs-layers 0
# file 010-a.bats
1..5
ok 1 [010] one
not ok 2 |010| two
# a comment
ok 3 [010] three # skip no "criu" here
ok 4 [010] four # not a skip 
not ok 5 [010] five # timeout after 300s
# end 010-a.bats 1 30
# file 020-b.bats
1..2
ok 1 one
# end 020-b.bats 1 31
`

func parsed(t *testing.T, text string) *results {
	t.Helper()
	r, err := parseTAP(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseTAP(t *testing.T) {
	r := parsed(t, plainTAP)
	want := map[test]verdict{
		{"010-a.bats", "one"}:                   pass,
		{"010-a.bats", "two"}:                   fail,
		{"010-a.bats", "three"}:                 skip,
		{"010-a.bats", "four # not a skip"}:     pass,
		{"010-a.bats", "five"}:                  fail,
		{"020-b.bats", "one"}:                   pass,
		{"020-b.bats", "(the file as a whole)"}: fail,
	}
	if !maps.Equal(r.verdicts, want) {
		t.Errorf("got %v, want %v", r.verdicts, want)
	}
	if r.seconds != 61 || !slices.Equal(r.composefs, []int{0}) {
		t.Errorf("%d seconds, composefs layers %v", r.seconds, r.composefs)
	}
	if got := parsed(t, "# file a.bats\n1..2\nok 1 x\n"); got.count(fail) != 1 {
		t.Errorf("a run that was killed: %v", got.verdicts)
	}
}

// TestDifferences has tests that fail, are skipped or are missing with our driver only:
// each must be listed, and nothing else.
func TestDifferences(t *testing.T) {
	ours := strings.NewReplacer("\nok 4", "\nnot ok 4", "layers 0", "layers 9").Replace(plainTAP)
	for name, text := range map[string]string{
		"fails":   ours,
		"skipped": strings.Replace(plainTAP, "four # not a skip", "four # not a skip # skip today", 1),
		"missing": strings.Replace(plainTAP, "ok 4 [010] four # not a skip", "", 1),
	} {
		o := &outcome{suite: &suite{title: "suite", files: []string{"010-a.bats", "020-b.bats", "030-c.bats"}}, again: map[string]map[test]bool{},
			results: map[string]*results{"plain": parsed(t, plainTAP), "ours": parsed(t, text)}}
		want := []test{{"010-a.bats", "four # not a skip"}}
		if got := o.regressions("ours"); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		for _, want := range []string{"with runc and cgroup v2. ", "| suite, 2 files |", "\nNot run of suite: 030-c.bats.\n"} {
			if got := markdown([]*outcome{o}); !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing: %s", name, want, got)
			}
		}
		if got := markdown([]*outcome{o}); !strings.Contains(got, "not with ours:\n\n* 010-a.bats: four # not a skip\n") || !strings.Contains(got, "not with stock composefs:\n\n* none\n") {
			t.Errorf("%s: %s", name, got)
		}
		o.again["ours"] = map[test]bool{want[0]: true}
		if got := o.regressions("ours"); len(got) > 0 {
			t.Errorf("%s: %v, which is flaky", name, got)
		}
		if got := markdown([]*outcome{o}); !strings.Contains(got, "(flaky") {
			t.Errorf("%s: it is not said that it is flaky: %s", name, got)
		}
		o.results["ours"] = parsed(t, plainTAP)
		if got := o.differences("ours"); len(got) > 0 {
			t.Errorf("the same results: %v", got)
		}
	}
}

func TestProveDriver(t *testing.T) {
	for _, c := range []struct {
		driver string
		layers []int
		ok     bool
	}{
		{"plain", []int{0, 0}, true},
		{"plain", []int{0, 3}, false},
		{"ours", []int{2, 3}, true},
		{"ours", []int{2, 0}, false},
		{"stock", nil, false},
	} {
		if err := (&results{composefs: c.layers}).proveDriver(c.driver); (err == nil) != c.ok {
			t.Errorf("%v: %v", c, err)
		}
	}
}
