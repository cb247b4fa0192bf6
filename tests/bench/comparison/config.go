package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// kind is a podman and how it keeps images.
type kind struct {
	name      string
	program   string // in bin
	composefs bool
	partial   bool   // enable_partial_images, which takes single files from zstd:chunked layers
	path      string // before the usual PATH
	mountopt  string
}

// The kinds. Plain is how podman comes, with nothing set. Stock composefs gets our
// mkcomposefs, which is faster than the C program.
const (
	plain        = "plain"
	plainPartial = "plain, partial pulls"
	stock        = "stock composefs"
	oursXinoOff  = "ours, xino=off"
	ours         = "ours"
	bareFloor    = "floor"

	containerdOverlayfs = "containerd, overlayfs"
	containerdEROFS     = "containerd, EROFS"
	containerdTransfer  = "containerd, EROFS, transfer service"
)

// kinds returns the kinds with podman of a bench.
func (l *lab) kinds(b bench) []kind {
	kinds := []kind{{name: plain, program: "podman-stock"}}
	our := kind{name: ours, program: "podman", composefs: true, partial: true}
	if b.partial {
		kinds = append(kinds, kind{name: plainPartial, program: "podman-stock", partial: true})
	}
	if b.xino {
		off := our
		off.name, off.mountopt = oursXinoOff, "xino=off"
		kinds = append(kinds, off)
	} else if b.stock {
		kinds = append(kinds, kind{name: stock, program: "podman-stock", composefs: true, partial: true, path: filepath.Join(l.project, "bin") + ":"})
	}
	return slices.DeleteFunc(append(kinds, our), func(k kind) bool { return !l.now.kinds.MatchString(k.name) })
}

// storageConf is storage.conf. An empty option is podman's default.
const storageConf = `[storage]
driver = "overlay"
graphroot = %q
runroot = %q
[storage.options.pull_options]
enable_partial_images = "%t"
convert_images = "%t"
[storage.options.overlay]
use_composefs = "%t"
mountopt = %q
`

// configure writes the configuration files of a store and returns the environment that
// leads to them. Flags with the same content would make podman forget driver options.
func (s *store) configure(k kind) ([]string, error) {
	env, err := conf.Files{
		Containers: conf.Containers(filepath.Join(s.dir, "run", "libpod"), filepath.Join(s.dir, "networks")),
		Storage:    fmt.Sprintf(storageConf, s.root, filepath.Join(s.dir, "run", "storage"), k.partial, k.composefs, k.composefs, k.mountopt),
	}.Write(s.dir, s.dir)
	return append(env, "PATH="+k.path+"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), err
}
