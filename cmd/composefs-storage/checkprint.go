package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
)

// listed is the number of items of a list that are printed; --json has all.
const listed = 10

// printReport prints the findings, a summary, and on standard error the commands that repair damage.
func (s streams) printReport(r *fsck.Report, took time.Duration) error {
	w := bufio.NewWriter(s.out)
	for _, f := range r.Findings {
		printFinding(w, f)
	}
	fmt.Fprintf(w, "checked: %s, %s, %s, %s with %s in %.1f s\n", count(r.Images, "image"), count(r.Layers, "layer"),
		count(r.Merged, "merged image"), count(r.Objects, "object"), humanSize(r.Bytes), took.Seconds())
	repaired, found := 0, map[fsck.Severity]int{}
	for _, f := range r.Findings {
		if f.Repaired != "" {
			repaired++
		}
		found[f.Severity]++
	}
	fmt.Fprintf(w, "found: %d damaged, %d repaired, %s\n", found[fsck.Damage], repaired, count(found[fsck.Warning], "warning"))
	for _, command := range r.Commands {
		fmt.Fprintf(s.err, "hint: \"%s\" repairs the damage; --from adds sources of good copies\n", command)
	}
	return w.Flush()
}

func printFinding(w io.Writer, f *fsck.Finding) {
	fmt.Fprintf(w, "%s: %s", f.Severity, f.Kind)
	if f.Object != "" {
		fmt.Fprintf(w, " %s", escape(strings.Replace(f.Object, "/", "", 1)))
	}
	if f.Count > 0 {
		fmt.Fprintf(w, ", %d with %s", f.Count, humanSize(f.Bytes))
	}
	fmt.Fprintf(w, ": %s\n", escape(f.Detail))
	printList(w, "  layer", shortIDs(f.Layers))
	printList(w, "  file of the store", f.Paths)
	for _, u := range f.Uses {
		name := "image " + shortID(u.Image)
		if len(u.Names) > 0 {
			name = "image " + u.Names[0]
		}
		fmt.Fprintf(w, "  in %s\n", escape(name))
		printList(w, "   ", u.Files)
	}
	if f.Repaired != "" {
		fmt.Fprintf(w, "  repaired: %s\n", escape(f.Repaired))
	}
	if f.Removed {
		fmt.Fprintf(w, "  removed: no source has a good copy; the files do not open until one is found\n")
	}
	if f.Remedy != "" {
		fmt.Fprintf(w, "  to do: %s\n", escape(f.Remedy))
	}
}

func shortIDs(ids []string) (short []string) {
	for _, id := range ids {
		short = append(short, shortID(id))
	}
	return short
}

// printList prints the start of a list.
func printList(w io.Writer, what string, list []string) {
	for i, item := range list {
		if i == listed {
			fmt.Fprintf(w, "%s … and %d more\n", what, len(list)-i)
			return
		}
		fmt.Fprintf(w, "%s %s\n", what, escape(item))
	}
}
