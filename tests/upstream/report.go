package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// titles are what drivers are called in tables.
var titles = map[string]string{"plain": "plain overlay", "stock": "stock composefs", "ours": "ours"}

// markdown returns the table of the suites, and the tests that pass with plain overlay
// and not with another driver.
func markdown(outcomes []*outcome) string {
	var b strings.Builder
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	kernel, _, _ := strings.Cut(strings.TrimSpace(string(release)), "-") // without its builder
	bats, _ := exec.Command("bats", "--version").Output()
	fmt.Fprintf(&b, "%s, Linux %s, %s, as root with runc and cgroup %s. Passed / failed / skipped, and minutes:\n\n",
		time.Now().UTC().Format(time.DateOnly), kernel, strings.TrimSpace(string(bats)), cgroup(outcomes))
	b.WriteString("| suite |")
	for _, d := range drivers {
		fmt.Fprintf(&b, " %s |", titles[d])
	}
	b.WriteString("\n|---|---|---|---|\n")
	for _, o := range outcomes {
		fmt.Fprintf(&b, "| %s, %d files |", o.suite.title, len(o.suite.files)-len(o.missing()))
		for _, d := range drivers {
			if r := o.results[d]; r != nil {
				fmt.Fprintf(&b, " %d / %d / %d, %.0f min |", r.count(pass), r.count(fail), r.count(skip), float64(r.seconds)/60)
			} else {
				b.WriteString(" – |")
			}
		}
		b.WriteString("\n")
	}
	for _, o := range outcomes {
		if files := o.missing(); len(files) > 0 {
			fmt.Fprintf(&b, "\nNot run of %s: %s.\n", o.suite.title, strings.Join(files, ", "))
		}
	}
	for _, d := range []string{"ours", "stock"} {
		var list strings.Builder
		for _, o := range outcomes {
			o.list(&list, d)
		}
		if list.Len() == 0 {
			list.WriteString("* none\n")
		}
		fmt.Fprintf(&b, "\nPasses with plain overlay, and not with %s:\n\n%s", titles[d], list.String())
	}
	return b.String()
}

// missing returns the files of the suite that were not run with all drivers that have results.
func (o *outcome) missing() []string {
	return slices.DeleteFunc(slices.Clone(o.suite.files), func(file string) bool {
		for _, r := range o.results {
			if !slices.Contains(r.files, file) {
				return false
			}
		}
		return true
	})
}

// cgroup returns the versions of cgroups that the machines had.
func cgroup(outcomes []*outcome) string {
	var versions []string
	for _, o := range outcomes {
		for _, r := range o.results {
			versions = append(versions, r.cgroup)
		}
	}
	slices.Sort(versions)
	return strings.Join(slices.Compact(versions), " and ")
}

// list writes the tests that differ with a driver.
func (o *outcome) list(b *strings.Builder, driver string) {
	for _, t := range o.differences(driver) {
		note := ""
		if o.again[driver][t] {
			note = " (flaky: not so when it ran again, alone)"
		}
		fmt.Fprintf(b, "* %s: %s%s\n", t.file, t.title, note)
	}
}
