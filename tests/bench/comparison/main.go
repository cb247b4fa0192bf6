// Comparison measures the life of container images in podman with our driver, against
// podman without it. See docs/performance.md; hack/bench.sh starts it.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"
)

// lab is where things are measured, and with what settings.
type lab struct {
	project  string // its directory
	cache    string // the directory of stores, images and results
	program  string // docker-registry
	registry *registry
	peer     string // the directory of containerd and the programs with it, or ""

	rounds, containers int
	now, later         selection // in the first round, and in the others
	loop               bool
	results            report.Results
	saw                map[string]seen   // by plain, of what bench and by what operation
	agreed             map[string]string // results that are the same for all kinds
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 1 && args[0] == launched:
		return launch(args[1:])
	case len(args) == 3 && args[0] == bareFloor:
		return floor.Pull(context.Background(), args[1], args[2])
	case len(args) == 2 && operations[args[0]] != nil:
		return operate(args[0], args[1])
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	l := &lab{project: ".", saw: map[string]seen{}, agreed: map[string]string{}}
	flags.IntVar(&l.rounds, "rounds", 5, "how often each is measured")
	flags.IntVar(&l.containers, "containers", 50, "how many containers are mounted for the measure of slab memory")
	flags.StringVar(&l.cache, "dir", ".cache/bench", "where stores, images and results are; the disk of it is what is measured")
	flags.StringVar(&l.program, "registry", "docker-registry", "the program `path`")
	flags.StringVar(&l.peer, "containerd", "", "the `directory` of containerd, ctr, mkfs.erofs and igzip; without it, containerd is not measured")
	flags.BoolVar(&l.loop, "loop", true, "give each store a fresh ext4 in a file; without it, stores are directories of -dir's disk")
	only := flags.String("only", "", "measure only what matches this `regexp`: as pull, or deep")
	kinds := flags.String("kinds", "", "measure only kinds that match this `regexp`: as ^(plain|ours)$")
	laterOnly := flags.String("later", "", "-only of the second and later rounds, which otherwise measure the same")
	laterKinds := flags.String("later-kinds", "", "-kinds of these rounds")
	makeOnly := flags.Bool("make", false, "make the images, and measure nothing")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	var err error
	if l.now, err = newSelection(*only, *kinds); err != nil {
		return err
	}
	if l.later, err = newSelection(cmp.Or(*laterOnly, *only), cmp.Or(*laterKinds, *kinds)); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return l.run(ctx, *makeOnly)
}

// selection has the steps and kinds to measure.
type selection struct{ steps, kinds *regexp.Regexp }

func newSelection(steps, kinds string) (s selection, err error) {
	if s.steps, err = regexp.Compile(steps); err == nil {
		s.kinds, err = regexp.Compile(kinds)
	}
	return s, err
}

func (s selection) String() string {
	return fmt.Sprintf("steps that match %q, kinds that match %q", s.steps, s.kinds)
}

// run does everything between a registry and the results.
func (l *lab) run(ctx context.Context, makeOnly bool) (err error) {
	if l.project, err = filepath.Abs(l.project); err != nil {
		return err
	}
	if l.cache, err = filepath.Abs(l.cache); err != nil {
		return err
	}
	// Processes and mounts must not show outside.
	if os.Getpid() != 1 {
		return errors.New("processes and mounts need namespaces of their own: start it with hack/bench.sh")
	}
	if l.registry, err = startRegistry(ctx, l.program, filepath.Join(l.cache, "registry")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.end()) }()
	defer l.registry.stop()
	wanted := map[string]bool{}
	for _, b := range l.benches() {
		for _, name := range b.images {
			wanted[name] = true
		}
	}
	if err := l.make(ctx, wanted); err != nil || makeOnly {
		return err
	}
	l.results = report.Results{Kinds: []string{plain, plainPartial, stock, containerdOverlayfs, containerdEROFS, containerdTransfer, oursXinoOff, ours}, Floor: bareFloor}
	if err := l.describe(ctx); err != nil {
		return err
	}
	if l.rounds > 1 && l.later.String() != l.now.String() {
		l.results.Describe("second and later rounds", "only "+l.later.String())
	}
	return l.measure(ctx)
}

// end ends all processes of our namespace, and removes their leftovers.
func (l *lab) end() error {
	_ = unix.Kill(-1, unix.SIGKILL) // there may be none
	for {
		if _, err := unix.Wait4(-1, nil, 0, nil); err != nil && err != unix.EINTR {
			break
		}
	}
	// Where others have something too, these stay.
	for _, name := range []string{"libpod_parent/*", "libpod_parent", "buildah-*"} {
		found, _ := filepath.Glob("/sys/fs/cgroup/*/" + name)
		for _, dir := range found {
			_ = os.Remove(dir)
		}
	}
	return discard(filepath.Join(l.cache, "stores"))
}
