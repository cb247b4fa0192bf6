package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// metrics is a text in the exposition format of Prometheus, version 0.0.4, as the textfile collector of
// node_exporter reads it.
type metrics struct {
	out io.Writer
	err error
}

// begin begins a metric. kind is gauge or counter.
func (m *metrics) begin(name, kind, help string) {
	m.printf("# HELP composefs_%s %s\n# TYPE composefs_%s %s\n", name, help, name, kind)
}

// add adds a value. labels are pairs of name and value.
func (m *metrics) add(name string, value int64, labels ...string) {
	var pairs []string
	for pair := range slices.Chunk(labels, 2) {
		pairs = append(pairs, pair[0]+"="+labelValue(pair[1]))
	}
	set := ""
	if len(pairs) > 0 {
		set = "{" + strings.Join(pairs, ",") + "}"
	}
	m.printf("composefs_%s%s %d\n", name, set, value)
}

func (m *metrics) printf(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.out, format, args...)
	}
}

// labelValue quotes a value of a label. The format has three escapes only.
func labelValue(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(s, "\uFFFD")) + `"`
}

// printMetrics prints the numbers of a status.
func (r *status) printMetrics(s streams) error {
	m := &metrics{out: s.out}
	m.begin("on", "gauge", "1 if new layers become composefs.")
	m.add("on", gauge(r.Active))
	m.begin("problems", "gauge", "Problems that status reports.")
	m.add("problems", int64(len(r.Problems)))
	m.begin("feature", "gauge", "1 if the kernel and the file system have a feature.")
	for _, f := range r.Features {
		if f.Supported != nil {
			m.add("feature", gauge(*f.Supported), "name", f.Name)
		}
	}
	r.poolMetrics(m)
	m.counts("layers", "Layers of container images, by kind.", r.Layers)
	m.counts("images", "Container images, by kind.", r.Images)
	r.serverMetrics(m)
	return m.err
}

func gauge(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// counts adds numbers by kind.
func (m *metrics) counts(name, help string, numbers map[string]int) {
	if len(numbers) == 0 {
		return // not known
	}
	m.begin(name, "gauge", help)
	for _, kind := range slices.Sorted(maps.Keys(numbers)) {
		m.add(name, int64(numbers[kind]), "kind", kind)
	}
}

func (r *status) poolMetrics(m *metrics) {
	for _, x := range []struct {
		name, help string
		value      func(*poolStatus) int64
	}{
		{"pool_objects", "Objects in the pool of a store.", func(p *poolStatus) int64 { return int64(p.Objects.Count) }},
		{"pool_object_bytes", "Size of the objects.", func(p *poolStatus) int64 { return p.Objects.Bytes }},
		{"pool_merged_images", "Merged images in the pool.", func(p *poolStatus) int64 { return int64(p.Images.Count) }},
		{"pool_merged_image_bytes", "Size of the merged images.", func(p *poolStatus) int64 { return p.Images.Bytes }},
		{"pool_saved_bytes", "Bytes that are not stored because layers have contents in common.", func(p *poolStatus) int64 { return p.Saved }},
	} {
		m.begin(x.name, "gauge", x.help)
		for _, s := range r.Stores {
			if s.Pool != nil {
				m.add(x.name, x.value(s.Pool), "store", s.Root)
			}
		}
	}
}

// serverMetrics adds those of the FUSE servers of images, which users without root have.
func (r *status) serverMetrics(m *metrics) {
	m.begin("servers", "gauge", "Images that FUSE servers serve.")
	m.add("servers", int64(len(r.Servers)))
	if len(r.Servers) == 0 {
		return
	}
	for _, x := range []struct {
		name, kind, help string
		value            func(serverStatus) uint64
	}{
		{"server_requests_total", "counter", "Requests that the servers of a mount have answered.", func(s serverStatus) uint64 { return s.Requests }},
		{"server_restarts_total", "counter", "Restarts of the server of a mount.", func(s serverStatus) uint64 { return s.Restarts }},
		{"server_memory_bytes", "gauge", "Memory of holder and server.", func(s serverStatus) uint64 { return uint64(s.Memory) }},
	} {
		m.begin(x.name, x.kind, x.help)
		for _, s := range r.Servers {
			m.add(x.name, int64(x.value(s)), "image", s.Image, "holder", strconv.Itoa(s.Holder))
		}
	}
}
