// Upstream runs the test suites of containers/storage and podman, as they are in Go's
// module cache, with plain overlay, stock composefs and our driver, and reports what passes
// with the first and not with another. See docs/testing.md; hack/upstream/run.sh starts it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

// drivers are the ways to run a suite. The others are compared with the first.
var drivers = []string{"plain", "stock", "ours"}

// options are the options of the command line.
type options struct {
	suites, drivers, files []string
	cache                  string
	jobs, reruns           int
}

func parse(args []string) (*options, error) {
	flags := flag.NewFlagSet("upstream", flag.ContinueOnError)
	o := &options{}
	suites := flags.String("suite", "storage,transient,podman", "which suites")
	with := flags.String("drivers", strings.Join(drivers, ","), "which of these are run; for the others the last results count")
	files := flags.String("files", "", "run only these bats `files` of the suites, with spaces between; nothing is kept of that")
	flags.StringVar(&o.cache, "dir", ".cache/upstream", "where the output of the suites is kept, and disks are while they are mounted")
	flags.IntVar(&o.jobs, "jobs", 1, "how many drivers are run at once")
	flags.IntVar(&o.reruns, "reruns", 2, "how often a test that passes with plain overlay only is run again, alone")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	o.suites, o.drivers, o.files = words(*suites), words(*with), strings.Fields(*files)
	if flags.NArg() > 0 || o.jobs < 1 {
		return nil, errors.New("-help lists the flags")
	}
	return o, nil
}

func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func run(args []string) error {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(o.files) > 0 {
		dir, err := os.MkdirTemp(o.cache, "some-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // temporary
		o.cache = dir
	}
	var outcomes []*outcome
	for _, name := range o.suites {
		s, err := newSuite(name, o.files)
		if err != nil {
			return err
		}
		if err := o.runSuite(ctx, s); err != nil {
			return err
		}
		outcome, err := o.judge(ctx, s)
		if err != nil {
			return err
		}
		outcomes = append(outcomes, outcome)
	}
	report := markdown(outcomes)
	fmt.Print(report)
	if len(o.files) == 0 {
		if err := os.WriteFile(filepath.Join(o.cache, "results.md"), []byte(report), 0o644); err != nil {
			return err
		}
	}
	for _, outcome := range outcomes {
		if n := len(outcome.regressions("ours")); n > 0 {
			return fmt.Errorf("%s: %d tests pass with plain overlay, but not with our driver", outcome.suite.title, n)
		}
	}
	return nil
}

// runSuite runs a suite with each of the drivers that are asked for, so many at once.
func (o *options) runSuite(ctx context.Context, s *suite) error {
	var (
		wg     sync.WaitGroup
		tokens = make(chan struct{}, o.jobs)
		errs   = make([]error, len(o.drivers))
	)
	for i, driver := range o.drivers {
		if !s.has(driver) {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			tokens <- struct{}{}
			defer func() { <-tokens }()
			fmt.Fprintf(os.Stderr, "%s with %s\n", s.title, driver)
			errs[i] = s.run(ctx, driver, s.files, "", o.output(s, driver))
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// output returns the file with the last output of a suite.
func (o *options) output(s *suite, driver string) string {
	return filepath.Join(o.cache, s.name+"-"+driver+".tap")
}
