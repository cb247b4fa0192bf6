package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// bench is a run of the benchmark.
type bench struct {
	registry *registry
	stores   []*store
	program  string // composefs-storage
	rounds   int
	stages   []*stage
	filled   int // images of the stores
}

const (
	containers = 200
	manyFiles  = 1_000_000
	someFiles  = 100_000
)

func main() {
	dir := flag.String("dir", ".cache/scale", "directory for the stores and the results")
	images := flag.String("images", "10,100,300", "numbers of images, increasing")
	objects := flag.Int("objects", 200_000, "number of objects of the last stage, up to a million in one image and 100,000 in each other; 0: no such stage")
	rounds := flag.Int("rounds", 3, "rounds of each operation")
	flag.Parse()
	if err := run(*dir, *images, *objects, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(dir, images string, objects, rounds int) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, unix.SIGTERM)
	defer stop()
	project, err := os.Getwd()
	if err != nil {
		return err
	}
	b := &bench{program: filepath.Join(project, "bin/composefs-storage"), rounds: rounds}
	if b.registry, err = serve(); err != nil {
		return err
	}
	for _, k := range []kind{{"plain", filepath.Join(project, "bin/podman-stock"), false}, {"ours", filepath.Join(project, "bin/podman"), true}} {
		s, err := newStore(filepath.Join(project, dir, "stores"), k)
		if err != nil {
			return err
		}
		b.stores = append(b.stores, s)
	}
	if err := b.stagesOf(ctx, images, objects); err != nil {
		return err
	}
	return b.write(filepath.Join(project, dir))
}

// stagesOf fills the stores and measures.
func (b *bench) stagesOf(ctx context.Context, images string, objects int) error {
	for word := range strings.SplitSeq(images, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return err
		}
		if err := b.fill(ctx, n); err != nil {
			return err
		}
		progress("%d images", n)
		if err := b.measure(ctx, b.newStage(fmt.Sprintf("%d images", n), n)); err != nil {
			return err
		}
	}
	if err := b.upkeep(ctx, b.stages[len(b.stages)-1]); err != nil {
		return err
	}
	if err := b.deep(ctx); err != nil {
		return err
	}
	if err := b.withContainers(ctx); err != nil {
		return err
	}
	if objects > 0 {
		return b.withObjects(ctx, objects)
	}
	return nil
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// fill pulls images until the stores have n.
func (b *bench) fill(ctx context.Context, n int) error {
	var names []string
	for i := b.filled; i < n; i++ {
		names = append(names, b.registry.image(strconv.Itoa(i)))
	}
	b.filled = n
	for _, s := range b.stores {
		for part := range slices.Chunk(names, 100) {
			if _, err := s.podman(ctx, append([]string{"pull", "-q"}, part...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// deep measures an image of many layers.
func (b *bench) deep(ctx context.Context) error {
	progress("%d layers", deepLayers)
	st, image := b.newStage(fmt.Sprintf("an image of %d layers, beside %d images", deepLayers, b.filled), 0), b.registry.image("deep")
	for _, o := range operations {
		if err := b.once(ctx, st, o.name, o.args(image)...); err != nil {
			return err
		}
	}
	return nil
}

// withContainers measures while containers are mounted.
func (b *bench) withContainers(ctx context.Context) error {
	progress("%d containers", containers)
	st := b.newStage(fmt.Sprintf("%d mounted containers, %d images", containers, b.filled), 0)
	var names []string
	for _, s := range b.stores {
		names = nil
		for i := range containers {
			names = append(names, fmt.Sprint("container", i))
			image := b.registry.image(strconv.Itoa(i % b.filled))
			if _, err := s.podman(ctx, "create", "-q", "--name", names[i], image, "/none"); err != nil {
				return err
			}
		}
		u, err := s.podman(ctx, append([]string{"mount"}, names...)...)
		if err != nil {
			return err
		}
		st.of(fmt.Sprintf("mount of %d containers, each of another image", containers), s.kind).add(u)
	}
	if err := b.measure(ctx, st); err != nil {
		return err
	}
	for _, command := range []string{"unmount", "rm"} {
		if err := b.once(ctx, st, fmt.Sprintf("%s of the containers", command), append([]string{command}, names...)...); err != nil {
			return err
		}
	}
	return nil
}

// withObjects measures in stores of many files.
func (b *bench) withObjects(ctx context.Context, objects int) error {
	progress("%d objects", objects)
	st := b.newStage(fmt.Sprintf("%d images, %d objects", b.filled, objects), 0)
	files := min(objects, manyFiles)
	large := b.registry.image(fmt.Sprintf("files-%d-0", files))
	for _, o := range operations[:3] {
		if err := b.once(ctx, st, fmt.Sprintf("an image of %d files: %s", files, o.name), o.args(large)...); err != nil {
			return err
		}
	}
	for i := range (objects - files) / someFiles {
		for _, s := range b.stores {
			if _, err := s.podman(ctx, "pull", "-q", b.registry.image(fmt.Sprintf("files-%d-%d", someFiles, i+1))); err != nil {
				return err
			}
		}
	}
	if err := b.measure(ctx, st); err != nil {
		return err
	}
	if err := b.removals(ctx, st); err != nil {
		return err
	}
	if err := b.upkeep(ctx, st); err != nil {
		return err
	}
	return b.once(ctx, st, fmt.Sprintf("an image of %d files: rmi", files), "rmi", large)
}
