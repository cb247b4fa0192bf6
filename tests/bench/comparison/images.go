package main

import (
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/generated"
)

//go:embed images
var recipes embed.FS

// image is one that is served by the registry.
type image struct {
	name   string
	recipe string   // its ingredients, for the reader of the cache's stamp
	build  []string // arguments of podman build, without those that all have
	push   []string // arguments of podman push, beyond the name

	layers func(app generated.Image) []layer // instead of build and push
	packed compression                       // of the layers
}

// noAptCache keeps apt from writing 45 MB of indexes into each layer.
const noAptCache = `printf 'Dir::Cache { pkgcache ""; srcpkgcache ""; }' >/etc/apt/apt.conf.d/no-cache`

// versions is how many versions the family has.
const versions = 10

const (
	baseImage = "base"
	appImage  = "app"
	chunked   = "app-chunked"
	deepImage = "deep"
	hugeImage = "huge"
	tinyImage = "tiny"
	zstdImage = "app-zstd"
)

func familyImage(version int) string { return fmt.Sprintf("family-%d", version) }

// images returns the images that can be made, each after its ingredients.
func (l *lab) images() (all []image, err error) {
	var texts [3]string
	for i, name := range []string{"app.Containerfile", "family.Containerfile", "packages.txt"} {
		text, err := recipes.ReadFile("images/" + name)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	gzip := []string{"--compression-format", "gzip"}
	all = []image{
		{name: baseImage, recipe: "FROM scratch\nADD base.tar /\n", push: gzip},
		{name: appImage, recipe: texts[0], push: gzip},
		{name: chunked, recipe: texts[0], push: []string{"--compression-format", "zstd:chunked", "--force-compression"}},
	}
	all = append(all, derived(texts[0])...)
	deep, packages := "ARG BASE\nFROM $BASE\nRUN "+noAptCache+" && apt-get update\n", strings.Fields(texts[2])
	for _, p := range packages[:58] { // 60 layers with the two below
		deep += "RUN apt-get install -y --no-install-recommends " + p + " && apt-get clean\n"
	}
	all = append(all, image{name: deepImage, recipe: deep, push: gzip})
	for v := range versions {
		all = append(all, image{
			name: familyImage(v + 1), recipe: texts[1], push: gzip,
			build: []string{"--build-arg", fmt.Sprintf("VERSION=%d", v+1), "--build-arg", "PACKAGES=" + strings.Join(packages[:v+1], " ")},
		})
	}
	return all, nil
}

// stamp is a file that exists when an image has been made by the recipe in its name.
func (l *lab) stamp(img image) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", []any{img.name, img.recipe, img.build, img.push}))
	return filepath.Join(l.cache, "images", fmt.Sprintf("%s-%x", img.name, sum[:4]))
}

// make makes the images with these names that are not in the registry, and base, of
// which the others are made.
func (l *lab) make(ctx context.Context, wanted map[string]bool) error {
	all, err := l.images()
	if err != nil {
		return err
	}
	var s *store
	for _, img := range all {
		if _, err := os.Stat(l.stamp(img)); err != nil && img.layers != nil && wanted[img.name] {
			wanted[appImage] = true
		}
	}
	for _, img := range all {
		if _, err := os.Stat(l.stamp(img)); err == nil || !wanted[img.name] && img.name != baseImage {
			continue
		}
		if s == nil && img.layers == nil {
			if s, err = l.newStore(kind{name: "build", program: "podman-stock"}); err != nil {
				return err
			}
			defer s.remove() //nolint:errcheck // a second removal at the start of the next run reports it
		}
		fmt.Fprintf(os.Stderr, "making %s\n", img.name)
		if img.layers != nil {
			err = l.derive(ctx, img)
		} else {
			err = l.build(ctx, s, img)
		}
		if err == nil {
			err = l.made(img)
		}
		if err != nil {
			return fmt.Errorf("make image %s: %w", img.name, err)
		}
	}
	return nil
}

// made notes that an image is in the registry.
func (l *lab) made(img image) error {
	if err := os.MkdirAll(filepath.Dir(l.stamp(img)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(l.stamp(img), []byte(img.recipe), 0o644)
}

// build makes an image by podman.
func (l *lab) build(ctx context.Context, s *store, img image) error {
	work := filepath.Join(s.dir, "context")
	if err := errors.Join(os.RemoveAll(work), os.MkdirAll(work, 0o755)); err != nil {
		return err
	}
	if img.name == baseImage {
		if err := debootstrap(ctx, work); err != nil {
			return err
		}
	}
	file := filepath.Join(s.dir, "Containerfile")
	if err := os.WriteFile(file, []byte(img.recipe), 0o644); err != nil {
		return err
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	// Times are one time, so that they do not depend on the clock.
	args := append([]string{
		"build", "--layers", "--timestamp", "1700000000", "--network", "host", "--tls-verify=false",
		"--build-arg", "BASE=" + l.ref(baseImage), "--build-context", "go=" + strings.TrimSpace(string(goroot)),
		"-t", l.ref(img.name), "-f", file,
	}, img.build...)
	if _, _, err := s.podman(ctx, append(args, work)...); err != nil {
		return err
	}
	_, _, err = s.podman(ctx, append(append([]string{"push"}, img.push...), l.ref(img.name))...)
	return err
}

// debootstrap writes base.tar, a small Debian, into dir.
func debootstrap(ctx context.Context, dir string) error {
	script := `set -e
debootstrap --variant=minbase --include=ca-certificates bookworm root http://deb.debian.org/debian >&2
rm -rf root/dev root/var/cache/apt/* root/var/lib/apt/lists/*
mkdir root/dev
tar --sort=name --numeric-owner -C root -cf base.tar .
rm -rf root`
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("debootstrap: %w: %s", err, out)
	}
	return nil
}

// ref is how podman names an image of the registry.
func (l *lab) ref(name string) string { return l.registry.addr + "/" + name }
