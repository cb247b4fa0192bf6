//go:build linux

package main

import (
	"fmt"
	"strings"
	"time"
)

// table returns the results in Markdown.
func table(results []result, layers, replicas int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d layers, %d pods on each node. The nodes were measured one after the other.\n\n", time.Now().Format("2006-01-02"), layers, replicas)
	line := func(title string, value func(r result) string) {
		fmt.Fprintf(&b, "| %-41s |", title)
		for i, r := range results {
			fmt.Fprintf(&b, " %*s |", max(9, len(kinds[i].title)), value(r))
		}
		b.WriteString("\n")
	}
	i := -1
	line("", func(result) string { i++; return kinds[i].title })
	b.WriteString("|" + strings.Repeat("-", 43) + "|")
	for _, k := range kinds {
		b.WriteString(strings.Repeat("-", max(9, len(k.title))+1) + ":|")
	}
	b.WriteString("\n")
	for _, v := range []struct {
		name string
		of   func(r result) version
	}{{"first version", func(r result) version { return r.first }}, {"next version", func(r result) version { return r.next }}} {
		line(v.name+": until Ready", func(r result) string { return seconds(v.of(r).ready) })
		line(v.name+": pull", func(r result) string { return seconds(v.of(r).pull) })
		line(v.name+": bytes from the registry", func(r result) string { return megabytes(v.of(r).pulled) })
		line(v.name+": new bytes on the disk", func(r result) string { return megabytes(v.of(r).stored) })
	}
	line("mounts of the pods and their images", func(r result) string { return fmt.Sprint(r.mounts) })
	line("EROFS mounts among them", func(r result) string { return fmt.Sprint(r.images) })
	line("kernel memory (slab) for each further pod", func(r result) string { return megabytes(r.furtherPod.Kernel) })
	line("page cache for each further pod", func(r result) string { return megabytes(r.furtherPod.Cache) })

	plain, ours := results[0], results[1]
	b.WriteString("\n| ratio of composefs to plain | aim | ratio | |\n|---|--:|--:|---|\n")
	ratio := func(title string, aim, ours, plain float64) {
		verdict := "ok"
		if ours > aim*plain {
			verdict = "**missed**"
		}
		fmt.Fprintf(&b, "| %s | ≤ %g | %.2f | %s |\n", title, aim, ours/plain, verdict)
	}
	ratio("next version: pull", 0.5, float64(ours.next.pull), float64(plain.next.pull))
	ratio("next version: new bytes on the disk", 0.2, float64(ours.next.stored), float64(plain.next.stored))
	if plain.furtherCount > 0 {
		ratio("memory for each further pod", 1, float64(ours.furtherPod.Kernel+ours.furtherPod.Cache), float64(plain.furtherPod.Kernel+plain.furtherPod.Cache))
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
