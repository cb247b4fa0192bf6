//go:build linux

// Command demo is the demo of a Kubernetes cluster: it starts one of three nodes on this machine, with plain
// overlay and with composefs, rolls out an application and its next version, and prints what each
// node needs for it. It leaves nothing behind, also after Ctrl-C.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/composefs-storage/composefs-storage/tests/cluster"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

func main() {
	nodes.Enter()
	layers := flag.Int("layers", 60, "layers of the application")
	replicas := flag.Int("replicas", 3, "pods on each node")
	report := flag.String("report", "", "also write the table to this file, in Markdown")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := run(ctx, *layers, *replicas, *report)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "interrupted; nothing is left behind")
		if !errors.Is(err, context.Canceled) {
			fmt.Fprintln(os.Stderr, "error:", err)
		}
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// kinds are the nodes, with the format of the images that they pull.
var kinds = []struct {
	cluster.Node
	compression podman.Compression
	title       string
}{
	{cluster.Node{Name: "plain"}, podman.Gzip, "plain"},
	{cluster.Node{Name: "composefs", Composefs: true}, podman.Gzip, "composefs"},
	{cluster.Node{Name: "chunked", Composefs: true}, podman.Chunked, "composefs, zstd:chunked"},
}

// run runs the demo in a temporary directory.
func run(ctx context.Context, layers, replicas int, report string) (err error) {
	bin, err := filepath.Abs("bin")
	if err != nil {
		return err
	}
	storage, err := os.ReadFile("docs/storage.conf")
	if err != nil {
		return err
	}
	parent := os.Getenv("TMPDIR")
	if parent == "" {
		parent = "/var/tmp"
	}
	dir, err := os.MkdirTemp(parent, "composefs-demo-*")
	if err != nil {
		return err
	}
	o := cluster.Options{Bin: bin, Storage: string(storage), Dir: dir}
	for _, k := range kinds {
		o.Want = append(o.Want, k.Node)
	}
	fmt.Printf("starting a cluster of %d nodes\n", len(kinds))
	c, err := cluster.Start(ctx, o)
	defer func() { err = errors.Join(err, c.Close()) }()
	if err != nil {
		return err
	}
	fmt.Printf("making an application of %d layers, and its next version\n", layers)
	for version := 1; version <= 2; version++ {
		if err := push(c, layers, version); err != nil {
			return err
		}
	}
	var results []result
	for i, n := range c.Nodes {
		fmt.Printf("%s: %d pods, then the next version\n", kinds[i].title, replicas)
		r, err := measure(ctx, c, n, kinds[i].compression, replicas)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	text := table(results, layers, replicas)
	fmt.Print("\n" + text)
	if report != "" {
		return os.WriteFile(report, []byte(text), 0o644)
	}
	return nil
}

// push puts a version of the application into the registry, in the formats of all nodes. They stay in a cache, because zstd:chunked
// takes a minute.
func push(c *cluster.Cluster, layers, version int) error {
	var img podman.Image
	for _, compression := range []podman.Compression{podman.Gzip, podman.Chunked} {
		name := image(compression, version)
		dir := filepath.Join(".cache/demo-kubernetes", fmt.Sprintf("%s-%d-%s", strings.ReplaceAll(name, ":", "-"), layers, cluster.Recipe))
		if c.Registry.PushLayout(name, dir) {
			continue
		}
		if img.Layers == nil {
			var err error
			if img, err = cluster.Application(layers, version); err != nil {
				return err
			}
		}
		img.Compression = compression
		if err := img.WriteLayout(dir); err != nil {
			return err
		}
		c.Registry.PushLayout(name, dir)
	}
	return nil
}

// image is the name of a version in the registry.
func image(compression podman.Compression, version int) string {
	name := "app"
	if compression == podman.Chunked {
		name = "app-chunked"
	}
	return fmt.Sprintf("%s:%d", name, version)
}
