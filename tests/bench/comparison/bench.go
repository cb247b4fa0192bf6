package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// bench is a series of measurements with a fresh store of each kind: first the image is
// pulled, then come the steps.
type bench struct {
	name    string // how its measures begin, and one of them is the image's
	images  []string
	partial bool // with a kind that takes single files from zstd:chunked layers
	floor   bool // with the floor of the pull
	stock   bool // with stock composefs
	peers   bool // with containerd
	xino    bool // only with plain, ours, and ours with xino=off
	steps   []step
}

// step is a part of a bench that can be left out. It leaves no container and no mount.
type step struct {
	name string
	run  func(*session) error
}

// removal is the name of the last step, which containerd has too.
const removal = "remove"

// benches returns the measurements.
func (l *lab) benches() (chosen []bench) {
	var family []string
	for v := range versions {
		family = append(family, familyImage(v+1))
	}
	for _, b := range []bench{
		{name: "base", images: []string{baseImage}, stock: true, floor: true, peers: true, steps: []step{
			{"mount", mountImage}, {"run", runTrue}, {"push", pushChunked}, {removal, removeImage},
		}},
		{name: "app", images: []string{appImage}, stock: true, floor: true, peers: true, steps: []step{
			{"mount", mountImage}, {"run", runTrue}, {"find", find}, {"read", readAll}, {"commit", commit}, {"build", build}, {"slab", mountMany},
			{"changes", changes}, {"copy", copyOut}, {"many", manyContainers}, {"boot", boot},
			{"save", save}, {"push", push}, {"load", load}, {removal, removeImage},
		}},
		{name: "app, zstd:chunked", images: []string{chunked}, partial: true, stock: true, steps: []step{{"mount", mountImage}, {removal, removeImage}}},
		{name: "app, zstd", images: []string{zstdImage}, steps: []step{{removal, removeImage}}},
		{name: "huge layer", images: []string{hugeImage}, floor: true, peers: true, steps: []step{{removal, removeImage}}},
		{name: "tiny files", images: []string{tinyImage}, floor: true, peers: true, steps: []step{{"mount", mountImage}, {removal, removeImage}}},
		{name: "60 layers", images: []string{deepImage}, stock: true, floor: true, steps: []step{
			{"mount", mountImage}, {"run", runTrue}, {"find", find}, {"read", readAll}, {"lookups", lookUp}, {removal, removeImage},
		}},
		{name: "60 layers, container", images: []string{deepImage}, xino: true, steps: []step{{"inodes", inodes}}},
		{name: "family", images: family, stock: true, steps: []step{{"next", pullNext}}},
	} {
		all := b.steps
		b.steps = nil
		for _, s := range all {
			if l.now.steps.MatchString(b.name + " " + s.name) {
				b.steps = append(b.steps, s)
			}
		}
		if len(b.steps) > 0 || l.now.steps.MatchString(b.name+" pull") {
			chosen = append(chosen, b)
		}
	}
	return chosen
}

// session is one kind in one round of a bench.
type session struct {
	context.Context
	*lab
	*store
	bench bench
	kind  string
	image string // how podman names the first image
}

// newSession is the beginning of a session, without a store.
func (l *lab) newSession(ctx context.Context, b bench, kind string) *session {
	fmt.Fprintf(os.Stderr, "round %d of %d: %s, %s\n", l.results.Rounds, l.rounds, b.name, kind)
	return &session{Context: ctx, lab: l, bench: b, kind: kind, image: l.ref(b.images[0])}
}

// add adds a sample of a measure of the bench.
func (s *session) add(name string, unit report.Unit, value float64) {
	s.results.Add(s.bench.name+": "+name, unit, s.kind, value)
}

// measure runs all rounds, and writes the results after each bench.
func (l *lab) measure(ctx context.Context) error {
	for round := range l.rounds {
		l.results.Rounds = round + 1
		if round == 1 {
			l.now = l.later
		}
		for _, b := range l.benches() {
			for _, k := range l.kinds(b) {
				if err := l.session(ctx, b, k); err != nil {
					return fmt.Errorf("%s, %s: %w", b.name, k.name, err)
				}
			}
			for _, c := range l.containerds(b) {
				if err := l.containerd(ctx, b, c); err != nil {
					return fmt.Errorf("%s, %s: %w", b.name, c.kind, err)
				}
			}
			if b.floor && l.now.kinds.MatchString(bareFloor) {
				if err := l.floor(ctx, b); err != nil {
					return fmt.Errorf("%s, %s: %w", b.name, bareFloor, err)
				}
			}
			if err := l.write(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lab) session(ctx context.Context, b bench, k kind) (err error) {
	s := l.newSession(ctx, b, k.name)
	if s.store, err = l.newStore(k); err != nil {
		return err
	}
	defer func() {
		if removed := s.store.remove(); err == nil {
			err = removed
		}
	}()
	if err := s.pull(); err != nil {
		return err
	}
	if b.peers && s.results.Rounds == 1 {
		if err := s.compare(); err != nil {
			return err
		}
	}
	for _, step := range b.steps {
		if err := step.run(s); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// same compares the findings of an operation with those with plain, which comes
// first. Kinds that do not show the same did not do the same work: for ours that is an
// error, of others the results contain it.
func (s *session) same(what string, got seen) error {
	got = got.free()
	if s.kind == plain {
		s.saw[s.bench.name+what] = got
		return nil
	}
	want, ok := s.saw[s.bench.name+what]
	switch {
	case !ok || got == want:
		return nil
	case s.kind == ours:
		return fmt.Errorf("%s of %s: %+v, but plain saw %+v", what, s.image, got, want)
	}
	s.results.Describe("**not the same** in "+s.bench.name, fmt.Sprintf("%s shows %d names, %d files of %.0f MB; plain shows %d, %d of %.0f MB",
		s.kind, got.Entries, got.Files, float64(got.Bytes)/1e6, want.Entries, want.Files, float64(want.Bytes)/1e6))
	return nil
}

// write writes the results so far.
func (l *lab) write() error {
	text, err := l.results.JSON()
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"results.json": string(text),
		"results.md":   l.results.Markdown(aims),
		"results.svg":  l.results.SVG(report.Chart{Against: plain, Others: []string{stock, containerdOverlayfs, containerdEROFS}, Aims: aims, Rows: charted}),
		"summary.svg":  l.results.SVG(report.Chart{Against: plain, Others: []string{stock, containerdOverlayfs, containerdEROFS}, Rows: summary}),
	} {
		if err := os.WriteFile(filepath.Join(l.cache, name), []byte(strings.TrimSpace(text)+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}
