package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// outcome is the result of a suite.
type outcome struct {
	suite   *suite
	results map[string]*results      // by driver
	again   map[string]map[test]bool // by driver: tests that passed there when they ran again, or failed with plain overlay
}

// judge reads the output of the suite with each driver, and runs differing tests again.
func (o *options) judge(ctx context.Context, s *suite) (*outcome, error) {
	out := &outcome{suite: s, results: map[string]*results{}, again: map[string]map[test]bool{}}
	for _, driver := range s.drivers {
		r, err := read(o.output(s, driver))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := r.proveDriver(driver); err != nil {
			return nil, fmt.Errorf("%s: %w", o.output(s, driver), err)
		}
		out.results[driver] = r
	}
	for _, driver := range drivers[1:] {
		out.again[driver] = map[test]bool{}
		for _, t := range out.differences(driver) {
			flaky, err := o.rerun(ctx, s, driver, t)
			if err != nil {
				return nil, err
			}
			out.again[driver][t] = flaky
		}
	}
	return out, nil
}

func read(name string) (*results, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	return parseTAP(f)
}

// proveDriver checks that composefs was at work exactly where it is to be.
func (r *results) proveDriver(driver string) error {
	if len(r.composefs) == 0 {
		return fmt.Errorf("it does not say whether composefs was in use")
	}
	for _, n := range r.composefs {
		if (n > 0) != (driver != "plain") {
			return fmt.Errorf("with driver %s there were %d composefs layers in the store", driver, n)
		}
	}
	return nil
}

// differences returns the tests that pass with plain overlay, and did not with a driver.
func (o *outcome) differences(driver string) (tests []test) {
	plain, other := o.results[drivers[0]], o.results[driver]
	if plain == nil || other == nil {
		return nil
	}
	for _, t := range plain.order {
		if plain.verdicts[t] == pass && other.verdicts[t] != pass {
			tests = append(tests, t)
		}
	}
	return tests
}

// regressions returns the differences that stay when the tests run again.
func (o *outcome) regressions(driver string) (tests []test) {
	for _, t := range o.differences(driver) {
		if !o.again[driver][t] {
			tests = append(tests, t)
		}
	}
	return tests
}

// rerun runs a test alone with plain overlay and another driver, several times. It is
// flaky if it passes with that or fails with plain overlay, even once.
func (o *options) rerun(ctx context.Context, s *suite, driver string, t test) (flaky bool, err error) {
	output := filepath.Join(o.cache, s.name+"-again.tap")
	defer os.Remove(output) //nolint:errcheck // temporary
	for range o.reruns {
		fmt.Fprintf(os.Stderr, "%s: again %s: %s\n", s.title, t.file, t.title)
		for _, with := range []string{driver, drivers[0]} {
			if err := s.run(ctx, with, []string{t.file}, "^"+regexp.QuoteMeta(t.title)+" *$", output); err != nil {
				return false, err
			}
			r, err := read(output)
			if err != nil {
				return false, err
			}
			if (r.verdicts[t] == pass) == (with == driver) {
				return true, nil
			}
		}
	}
	return false, nil
}
