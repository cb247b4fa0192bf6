package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// verdict is what became of a test.
type verdict string

const (
	pass verdict = "pass"
	fail verdict = "fail"
	skip verdict = "skip"
)

// test names a test by its file and its title.
type test struct{ file, title string }

// results are the output of a suite with one driver.
type results struct {
	verdicts  map[test]verdict
	order     []test
	files     []string // that were run
	seconds   int
	composefs []int  // how many composefs layers there were in stores that were looked at
	cgroup    string // the version of cgroups that the machine has
}

func (r *results) add(t test, v verdict) {
	if _, ok := r.verdicts[t]; !ok {
		r.order = append(r.order, t)
	}
	if r.verdicts[t] != fail { // a title that occurs twice
		r.verdicts[t] = v
	}
}

// count returns how many tests have a verdict.
func (r *results) count(v verdict) (n int) {
	for _, got := range r.verdicts {
		if got == v {
			n++
		}
	}
	return n
}

var (
	line = regexp.MustCompile(`^(not )?ok \d+ (.*)$`)
	// What podman's tests put before their titles.
	prefix = regexp.MustCompile(`^[\[|]\d{3}[\]|] `)
	// What bats puts behind them.
	skipped  = regexp.MustCompile(`^(.*?) # skip\b.*$`)
	timedOut = regexp.MustCompile(` # timeout after \d+s$`)
)

// parseTAP reads what suite.sh prints. A file that ends early counts as a test that fails.
func parseTAP(r io.Reader) (*results, error) {
	res := &results{verdicts: map[test]verdict{}}
	file, planned, seen := "", -1, 0
	lines := bufio.NewReader(r)
	for {
		text, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		text = strings.TrimRight(text, " \n")
		words := strings.Fields(text)
		switch m := line.FindStringSubmatch(text); {
		case m != nil && file != "":
			seen++
			v := pass
			if s := skipped.FindStringSubmatch(m[2]); s != nil {
				m[2], v = s[1], skip
			}
			if m[1] != "" {
				v = fail
			}
			title := prefix.ReplaceAllString(timedOut.ReplaceAllString(m[2], ""), "")
			res.add(test{file, strings.TrimSpace(title)}, v)
		case strings.HasPrefix(text, "1..") && planned < 0:
			planned, _ = strconv.Atoi(text[3:])
		case len(words) == 3 && words[1] == "file" && words[0] == "#":
			file, planned, seen = words[2], -1, 0
			res.files = append(res.files, file)
		case len(words) == 5 && words[1] == "end" && words[2] == file && words[0] == "#":
			if seen != planned {
				res.add(test{file, "(the file as a whole)"}, fail)
			}
			n, _ := strconv.Atoi(words[4])
			res.seconds += n
			file = ""
		case len(words) == 3 && words[1] == "cgroup" && words[0] == "#":
			res.cgroup = words[2]
		case len(words) == 3 && words[1] == "composefs-layers" && words[0] == "#":
			n, err := strconv.Atoi(words[2])
			if err != nil {
				return nil, fmt.Errorf("%q: no number", text)
			}
			res.composefs = append(res.composefs, n)
		}
	}
	if file != "" {
		res.add(test{file, "(the file as a whole)"}, fail)
	}
	return res, nil
}
