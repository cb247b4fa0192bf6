package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

const convertUsage = `Usage:
  composefs-storage convert [OPTION]... IMAGE...
  composefs-storage convert [OPTION]... --all
  composefs-storage convert --plain [OPTION]... IMAGE...
  composefs-storage convert --plain [OPTION]... --all

Convert the layers of container images in podman's store to composefs, in place. Plain
layers, and composefs layers of containers/storage without this project's driver, become
the same layers as in a pull. Files become objects by hard links, so next to no space is
needed. Existing composefs layers get fs-verity, unless composefs.conf has
verity = "off". (convert-layer converts the tar of a layer outside of a store.)

A layer changes at once or not at all. The command may be interrupted and killed; the
next one continues with the remaining layers. A layer that is part of a mount stays as it
is: stop the containers and unmount the images that the command names. Stopped containers
may stay. The exit code is 1 if a layer stays as it is.

Programs without this project's driver read converted layers since podman 5.0, buildah
1.35, skopeo 1.15 and CRI-O 1.31. They must not build or commit on them with
use_composefs off: they write zeros for files whose mode or owner changes. If an older
one is installed, the command converts nothing: its containers would not start any more,
and its builds would lack files.

The command prints a line for each layer, bottom first: its ID, its old kind, the number
and size of its files, and how many of them were linked and copied. The pool already had
the contents of the others.

With --plain, convert goes the other way: composefs layers become plain again, with the
files that podman without composefs would have unpacked, so that any podman can use
them. This copies files: the largest layer needs as much room as its files take.
Upper layers come first, and the objects of a layer are removed before the next one.
Interruptions, mounts and exit codes are as above. Stopped containers keep their
changes. With --all, the pool is empty afterwards, and new layers stay plain unless
storage.conf sets use_composefs.

Options:
  --plain      make composefs layers plain again
  --all        all images of the store
  --dry-run    only print the kind of each layer, and the reason if it would stay
  --root DIR   the store, instead of the one that storage.conf configures
  --no-progress
               show no progress; a terminal shows it otherwise
  --json       print an array of objects; sizes are bytes
  --ignore-old-programs
               convert although such an older program is installed
`

func convertCommand(s streams) *cobra.Command {
	c, all, asJSON, plain := imageConverter{streams: s}, false, false, false
	cmd := &cobra.Command{
		Use:   "convert IMAGE...",
		Short: "Make the plain layers of container images composefs",
		Long:  convertUsage,
		Args: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) > 0) {
				return seeHelp(cmd, usageError{errors.New("either IMAGE or --all is expected")})
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			debug.SetGCPercent(50) // as for convert-layer
			c.print = !asJSON
			convert := c.convert
			if plain {
				convert = c.toPlain
			}
			err := interruptible(func(ctx context.Context) error { return convert(ctx, args) })
			if asJSON && c.layers != nil {
				err = errors.Join(s.printJSON(c.layers), err)
			}
			return c.store.hint(err)
		},
	}
	c.store.addFlag(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "")
	cmd.Flags().BoolVar(&plain, "plain", false, "")
	cmd.Flags().BoolVar(&c.dryRun, "dry-run", false, "")
	cmd.Flags().BoolVar(&c.ignoreOld, "ignore-old-programs", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&c.quiet, "no-progress", false, "")
	return cmd
}

// imageConverter converts the layers of images.
type imageConverter struct {
	streams
	store                store
	dryRun, print, quiet bool
	ignoreOld            bool // other programs that are too old for converted layers
	bar                  *progress
	layers               []convertedInPlace
}

// convertedInPlace is the result for a layer.
type convertedInPlace struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"` // before
	Files  int    `json:"files"`
	Bytes  int64  `json:"bytes"`
	Linked int    `json:"linked"`
	Copied int    `json:"copied"`
	Verity bool   `json:"verity"`          // it was composefs, and has fs-verity
	Stays  string `json:"stays,omitempty"` // why it stays as it is
}

// convert converts the layers of the images, or of all.
func (c *imageConverter) convert(ctx context.Context, names []string) error {
	if err := c.store.load(); err != nil {
		return err
	}
	conf, home := c.store.conf, c.store.stores.Primary.Home
	if reason := settings.Unusable(home, conf); reason != "" {
		return fmt.Errorf("composefs cannot be used in store %s: %s", conf.GraphRoot, reason)
	}
	if err := c.mountable(); err != nil && !c.dryRun {
		return err
	}
	layers, err := c.find(names)
	if err != nil {
		return err
	}
	if err := c.warnOfOthers(ctx); err != nil {
		return err
	}
	c.layers = []convertedInPlace{}
	converter := inplace.New(&c.store.stores, conf.RunRoot, settings.Sealing(conf))
	converter.Sources = settings.NewObjectRepos(conf, c.store.stores.NewLayers().Root(), func(err error) {
		fmt.Fprintf(c.err, "warning: object_repos in composefs.conf: %s\n", escape(oneLine(err)))
	}).Sources()
	return c.each(ctx, converter, layers, toComposefs)
}

// direction is a way to convert layers.
type direction struct {
	check   func(c *inplace.Converter, id string) (survey.Kind, error)
	convert func(c *inplace.Converter, ctx context.Context, id string) (inplace.Result, error)
	line    func(c *imageConverter, r convertedInPlace) string // the result of a layer, or of a dry run
}

var (
	toComposefs = direction{(*inplace.Converter).Check, (*inplace.Converter).Convert, (*imageConverter).lineOf}
	toPlain     = direction{(*inplace.Converter).CheckPlain, (*inplace.Converter).Unpack, (*imageConverter).plainLineOf}
)

// each converts layers until the context ends, and returns the first error.
func (c *imageConverter) each(ctx context.Context, converter *inplace.Converter, layers []catalog.Layer, to direction) (failed error) {
	c.bar = c.newProgress(c.quiet || c.dryRun)
	defer c.bar.end()
	var done, total int64
	for _, l := range layers {
		total += l.Size
	}
	converter.Progress = func(bytes int64) { c.bar.show(done+bytes, total) }
	for _, l := range layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.layer(ctx, converter, l.ID, to); err != nil && failed == nil {
			failed = err
		}
		done += l.Size
	}
	return failed
}

// mountable returns why a store cannot have composefs layers, or the kernel not mount them.
func (c *imageConverter) mountable() error {
	if err := c.store.writable(); err != nil {
		return err
	}
	if err := settings.Mountable(c.store.conf.GraphRoot); err != nil {
		return fmt.Errorf("images would not be mounted: %w", err)
	}
	return nil
}

// find returns the images' layers, those below first, each once. Layers that are composefs already
// have no size: nothing of them is converted.
func (c *imageConverter) find(names []string) (layers []catalog.Layer, err error) {
	list, images, err := c.findImages(names)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, image := range images {
		for _, id := range slices.Backward(list.Chain(image.Layer)) {
			if seen[id] {
				continue
			}
			seen[id] = true
			l, _ := list.Layer(id)
			l.ID = id // also of one that no store lists
			if _, kind, _ := survey.Find(&c.store.stores, id); kind == survey.Composefs {
				l.Size = 0
			}
			layers = append(layers, l)
		}
	}
	return layers, nil
}

// findImages returns the images with these names, or all if there are none, and the catalog that
// lists them.
func (c *imageConverter) findImages(names []string) (list *catalog.Catalog, images []catalog.Image, err error) {
	list, err = catalog.Read(&c.store.stores)
	if err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		return list, list.Images(), nil
	}
	for _, name := range names {
		image, err := list.Find(name)
		if err != nil {
			return nil, nil, err
		}
		images = append(images, image)
	}
	return list, images, nil
}

// layer converts a layer and prints its line.
func (c *imageConverter) layer(ctx context.Context, converter *inplace.Converter, id string, to direction) (err error) {
	var r inplace.Result
	if c.dryRun {
		r.Kind, err = to.check(converter, id)
	} else {
		r, err = to.convert(converter, ctx, id)
	}
	if ctx.Err() != nil && err != nil {
		return err
	}
	result := convertedInPlace{ID: id, Kind: string(r.Kind), Files: r.Files, Bytes: r.Bytes, Linked: r.Linked, Copied: r.Copied, Verity: r.Sealed}
	if err != nil {
		result.Stays = oneLine(err)
	}
	c.layers = append(c.layers, result)
	if c.print {
		c.bar.end()
		line := to.line(c, result)
		if result.Stays != "" {
			line = result.Kind + ", stays: " + result.Stays
		}
		fmt.Fprintf(c.out, "%s  %s\n", shortID(id), line)
	}
	if err != nil {
		return staysHint(fmt.Errorf("layer %s: %w", shortID(id), err))
	}
	return nil
}

// lineOf returns the result of a layer that is composefs now.
func (c *imageConverter) lineOf(r convertedInPlace) string {
	switch {
	case r.Verity:
		return "composefs already, with fs-verity"
	case r.Kind == string(survey.Composefs):
		return "composefs already"
	case c.dryRun:
		return r.Kind + ", would be converted"
	}
	return fmt.Sprintf("%s, converted: %s, %s, %d linked, %d copied", r.Kind, count(r.Files, "file"), humanSize(r.Bytes), r.Linked, r.Copied)
}

// staysHint adds the remedy to the error of a layer that stays as it is.
func staysHint(err error) error {
	var refusal *inplace.Refusal
	switch {
	case errors.Is(err, inplace.ErrTar):
		return withHint(err, `"composefs-storage check --all --repair" names and repairs damaged files; then run the same command again`)
	case !errors.As(err, &refusal):
		return err
	case refusal.InUse:
		return withHint(err, `stop containers with "podman stop", unmount images with "podman image unmount", and run the same command again; "podman ps" and "podman image mount" list them`)
	case refusal.Newer:
		return withHint(err, "a newer containers/storage has used the store: update composefs-storage")
	case refusal.ReadOnly != "":
		return withHint(err, "convert that store by itself, with --root %s, on a machine that can write to it", refusal.ReadOnly)
	}
	return err
}
