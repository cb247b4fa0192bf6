package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

func main() {
	only := flag.String("run", "", "`pattern` of the names of mutants to run")
	table := flag.String("table", "", "`file` for the table of results")
	flag.Parse()
	if err := run(os.Stdout, *only, *table); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// result is what became of a mutant.
type result struct {
	mutant
	killer test
	path   string
	err    error
}

// run runs the mutants of the project in the working directory.
func run(w io.Writer, only, table string) error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	all, err := load(filepath.Join(root, "hack", "mutants"))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m mutant) bool { return !pattern.MatchString(m.name) })
	code, err := read(root)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	r := &runner{code, dir}
	if err := r.healthy(all); err != nil {
		return err
	}
	results := r.killAll(w, all)
	if table != "" {
		if err := os.WriteFile(table, []byte(tableOf(root, results)), 0o600); err != nil {
			return err
		}
	}
	return verdict(w, results)
}

// healthy checks that the tests pass without a mistake.
func (r *runner) healthy(all []mutant) error {
	binaries := map[string]string{}
	seen := map[test]bool{}
	for _, m := range all {
		for _, t := range m.tests {
			dir, err := r.dirOf(t)
			if err != nil {
				return err
			}
			if seen[t] {
				continue
			}
			seen[t] = true
			if binaries[dir] == "" {
				if binaries[dir], err = r.build(dir, "none", ""); err != nil {
					return err
				}
			}
			if failed, err := fails(t, dir, binaries[dir], ""); err != nil || failed {
				return errors.Join(fmt.Errorf("test %s.%s does not pass without a mutant", t.dir, t.name), err)
			}
		}
	}
	return nil
}

// killAll runs the mutants, as many at a time as there are processors.
func (r *runner) killAll(w io.Writer, all []mutant) []result {
	results := make([]result, len(all))
	var print sync.Mutex
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range all {
		group.Go(func() error {
			killer, path, err := r.kill(m)
			results[i] = result{m, killer, path, err}
			print.Lock()
			defer print.Unlock()
			fmt.Fprintln(w, results[i])
			return nil
		})
	}
	_ = group.Wait() // each result has its error
	return results
}

func (r result) String() string {
	if r.err != nil {
		return fmt.Sprintf("%-8s %s: %v", "ALIVE", r.name, r.err)
	}
	return fmt.Sprintf("%-8s %s by %s.%s", "killed", r.name, r.killer.dir, r.killer.name)
}

// tableOf returns a table of the mutants.
func tableOf(root string, results []result) string {
	var b strings.Builder
	b.WriteString("| mistake | in | found by |\n|---|---|---|\n")
	for _, r := range results {
		dir, err := filepath.Rel(root, filepath.Dir(r.path))
		killer := r.killer.dir + "." + r.killer.name
		if r.err != nil || err != nil {
			killer = "**nothing**"
		}
		fmt.Fprintf(&b, "| %s | `%s` | `%s` |\n", strings.TrimSuffix(r.what, "."), dir, killer)
	}
	return b.String()
}

// verdict returns an error if a mutant was not killed.
func verdict(w io.Writer, results []result) error {
	alive := 0
	for _, r := range results {
		if r.err != nil {
			alive++
		}
	}
	fmt.Fprintf(w, "%d mutants, %d killed\n", len(results), len(results)-alive)
	if alive > 0 {
		return fmt.Errorf("%d mutants were not killed", alive)
	}
	return nil
}
