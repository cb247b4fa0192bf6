package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

func (r *status) print(s streams) error {
	fmt.Fprintf(s.out, "composefs is %s\n", escape(r.headline()))
	if len(r.Reasons) == 0 {
		fmt.Fprintf(s.out, "  why: %s\n", r.Because)
	}
	for _, list := range []struct {
		head  string
		lines []string
	}{{"why", r.Reasons}, {"hint", r.Hints}, {"problem", r.Problems}, {"not known", r.Unknown}} {
		for _, line := range list.lines {
			if r.refusal != "" && strings.HasSuffix(line, r.refusal) {
				continue // the headline has it
			}
			fmt.Fprintf(s.out, "  %s: %s\n", list.head, escape(line))
		}
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nSETTINGS\n")
	for _, x := range r.Settings {
		source := config.Origin{Source: x.Source, Line: x.Line}.String()
		if source == "" {
			source = "default"
		}
		if x.Value == "" {
			x.Value = "not set"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", x.Key, escape(x.Value), escape(source))
	}
	r.printStores(w)
	r.printServers(w)
	fmt.Fprintf(w, "\nLinux %s\n", r.Kernel)
	for _, f := range r.Features {
		answer := "not known"
		if f.Supported != nil {
			answer = map[bool]string{true: "yes", false: "no"}[*f.Supported]
		}
		if f.Supported == nil && len(r.Unknown) > 0 {
			f.Reason = "" // printed above
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s\t%s\t%s", f.Name, answer, escape(f.Reason)), "\t"))
	}
	return w.Flush()
}

// headline returns the state in words.
func (r *status) headline() string {
	switch {
	case r.refusal != "" && len(r.Reasons) == 0:
		return "on, but podman does not start: " + r.refusal
	case r.refusal != "":
		return "off, and podman does not start: " + r.refusal
	case r.Active:
		return "on"
	}
	return "off"
}

func (r *status) printStores(w *tabwriter.Writer) {
	for _, x := range r.Stores {
		note := ""
		switch {
		case !x.Exists:
			note = " (does not exist yet)"
		case x.ReadOnly:
			note = " (read-only)"
		}
		fmt.Fprintf(w, "\nSTORE %s%s\n", escape(x.Root), note)
		if p := x.Pool; p != nil {
			fmt.Fprintf(w, "  pool\t%s\n", escape(p.Path))
			if p.Algorithm != verity.SHA256.String() {
				fmt.Fprintf(w, "  digests\t%s\n", p.Algorithm)
			}
			fmt.Fprintf(w, "  objects\t%d, %s\n", p.Objects.Count, humanSize(p.Objects.Bytes))
			fmt.Fprintf(w, "  merged images\t%d, %s\n", p.Images.Count, humanSize(p.Images.Bytes))
			fmt.Fprintf(w, "  saved by sharing\t%s\n", humanSize(p.Saved))
		} else if x.Exists {
			fmt.Fprintf(w, "  pool\tnone\n")
		}
	}
	fmt.Fprintf(w, "\nIMAGES\n")
	fmt.Fprintf(w, "  images\t%s%s\n", counts(r.Images, imageKinds), r.unnamed())
	fmt.Fprintf(w, "  their layers\t%s\n", counts(r.Layers, layerKinds))
}

// unnamed explains why "podman images" may list fewer images: without --all it hides the
// intermediate ones of builds.
func (r *status) unnamed() string {
	if r.Unnamed == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d without a name; podman images hides intermediate ones)", r.Unnamed)
}

// counts returns the number of each kind, without those that do not occur.
func counts(n map[string]int, kinds []survey.Kind) string {
	if n == nil {
		return "not known"
	}
	var list []string
	for _, k := range kinds {
		if n[key(k)] > 0 {
			list = append(list, fmt.Sprintf("%d %s", n[key(k)], k))
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
