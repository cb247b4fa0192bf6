package main

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

func (i *inspected) print(s streams) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "image:\t%s\n", i.ID)
	for n, name := range i.Names {
		fmt.Fprintf(w, "%s\t%s\n", map[bool]string{true: "names:"}[n == 0], escape(name))
	}
	if i.Layer != "" {
		fmt.Fprintf(w, "top layer:\t%s\n", i.Layer)
	}
	if i.Kind != "" {
		fmt.Fprintf(w, "kind:\t%s\n", i.Kind)
	}
	if i.Merged != nil {
		fmt.Fprintf(w, "digest:\t%s%s\n", i.Merged.Digest, map[bool]string{true: " (not merged yet)"}[i.Merged.Path == ""])
		fmt.Fprintf(w, "merged image:\t%s\n", humanSize(i.Merged.Size))
	} else {
		fmt.Fprintf(w, "digest:\tnone, %s\n", escape(i.Reason))
	}
	if i.Merged != nil && i.Merged.Path != "" {
		fmt.Fprintf(w, "fs-verity:\t%s\n", map[bool]string{true: "yes, of all its objects too", false: "no"}[i.Merged.Verity])
		fmt.Fprintf(w, "path:\t%s\n", escape(i.Merged.Path))
		fmt.Fprintf(w, "to mount it:\t%s\n", escape(i.Merged.Mount))
	}
	for n, st := range i.Stated {
		fmt.Fprintf(w, "%s\t%s=%s: %s\n", map[bool]string{true: "stated:"}[n == 0], escape(st.Key), escape(st.Stated), st.Result)
	}
	w.Flush() //nolint:errcheck // the last write reports it
	fmt.Fprintln(s.out)
	w = tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "LAYER\tFILES\tSIZE\tOBJECTS\tSIZE\tUNIQUE\tSIZE\tSHARED\tSIZE\t  KIND")
	for _, l := range i.Layers {
		l.printRow(w, shortID(l.ID), l.Kind)
	}
	i.Total.printRow(w, "total", i.Kind)
	w.Flush() //nolint:errcheck // the last write reports it
	_, err := io.WriteString(s.out, legend)
	return err
}

// legend explains the columns whose sums differ from the total.
const legend = `
UNIQUE  objects that no other layer of the store has
SHARED  objects that other layers have too
total   counts each object once, as UNIQUE if only layers of this image have it
`

func (z sizes) printRow(w *tabwriter.Writer, name, kind string) {
	fmt.Fprint(w, name)
	for _, a := range []amount{z.Files, z.Objects, z.Unique, z.Shared} {
		fmt.Fprintf(w, "\t%d\t%s", a.Count, humanSize(a.Bytes))
	}
	fmt.Fprintf(w, "\t  %s\n", kind)
}

// humanSize returns a number of bytes in the units that podman prints.
func humanSize(n int64) string {
	size, unit := float64(n), 0
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	for size >= 999.5 && unit < len(units)-1 {
		size /= 1000
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	digits := 0 // three in all
	for limit := 99.95; size < limit && digits < 2; limit /= 10 {
		digits++
	}
	return fmt.Sprintf("%.*f %s", digits, size, units[unit])
}

// rootOf returns the root of a store, "" if there is none.
func rootOf(s chain.Store) string {
	if s.Home == "" {
		return ""
	}
	return filepath.Dir(s.Home)
}
