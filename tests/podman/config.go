//go:build linux

package podman

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// Kind is the program that uses a store, with composefs or without.
type Kind int

const (
	// Plain is stock podman with the plain overlay driver.
	Plain Kind = iota
	// StockComposefs is stock podman with composefs turned on.
	StockComposefs
	// Ours is podman with our driver and composefs turned on.
	Ours
	// OursOff is podman with our driver and composefs turned off.
	OursOff
)

func (k Kind) String() string {
	return [...]string{"plain", "stock composefs", "ours", "ours, off"}[k]
}

// Composefs reports whether composefs is turned on.
func (k Kind) Composefs() bool { return k == StockComposefs || k == Ours }

// Options change how a podman uses its store.
type Options struct {
	Additional []string          // roots of additional image stores
	ImageStore string            // where images are kept, if not in the store
	Overlay    map[string]string // of [storage.options.overlay]
	Pull       map[string]string // of [storage.options.pull_options]
	HardLinks  bool              // use_hard_links
	Rootless   bool              // podman runs without root, as a user with a range of further ids
	FUSE       bool              // who may use FUSE
	Private    map[string]string // files to be seen in place of those at these paths, by podman only
	Path       string            // PATH, if not the usual one
	Composefs  string            // composefs.conf
	Kernel     *oldkernel.Kernel // what runs podman, if not this machine's kernel
	Env        []string          // further variables, as NAME=VALUE
	Warns      string            // an expected warning

	everyUser bool // rootless because of the flag
}

// storageConf returns storage.conf. Flags and variables of podman with the same content
// would make it forget the options of the driver.
func (p *Podman) storageConf() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("[storage]\ndriver = \"overlay\"\ngraphroot = %q\nrunroot = %q", p.Store.Root, p.Store.RunRoot)
	if p.opts.ImageStore != "" {
		line("imagestore = %q", p.opts.ImageStore)
	}
	line("[storage.options]")
	if len(p.opts.Additional) > 0 {
		line(`additionalimagestores = ["%s"]`, strings.Join(p.opts.Additional, `", "`))
	}
	overlay, pull := map[string]string{}, map[string]string{}
	if p.Kind == OursOff { // or a store that has a pool stays composefs
		overlay["use_composefs"] = "false"
	}
	if p.Kind.Composefs() {
		overlay["use_composefs"] = "true"
		maps.Copy(pull, Convert)
		pull["use_hard_links"] = strconv.FormatBool(p.opts.HardLinks)
	}
	maps.Copy(overlay, p.opts.Overlay)
	maps.Copy(pull, p.opts.Pull)
	for _, table := range []struct {
		name   string
		values map[string]string
	}{{"pull_options", pull}, {"overlay", overlay}} {
		line("[storage.options.%s]", table.name)
		for _, key := range slices.Sorted(maps.Keys(table.values)) {
			line("%s = %q", key, table.values[key])
		}
	}
	return b.String()
}

// Convert are the pull options that have new layers converted.
var Convert = map[string]string{"enable_partial_images": "true", "convert_images": "true"}

// configure writes the configuration files into dir and returns the environment that
// leads to them.
func (p *Podman) configure(dir string) ([]string, error) {
	s := p.Store
	env, err := conf.Files{
		Containers: conf.Containers(filepath.Join(s.Dir, "libpod"), filepath.Join(s.Dir, "networks")),
		Storage:    p.storageConf(),
		Composefs:  p.opts.Composefs,
	}.Write(dir, s.Dir)
	return slices.Concat(env, []string{"PATH=" + p.path()}, p.opts.Env), err
}

// path returns PATH. Only stock podman needs a mkcomposefs.
func (p *Podman) path() string {
	switch {
	case p.opts.Path != "":
		return p.opts.Path
	case p.Kind == StockComposefs:
		return bin() + ":" + usualPath
	}
	return usualPath
}

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
