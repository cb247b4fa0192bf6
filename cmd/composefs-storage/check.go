package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
)

const checkUsage = `Usage:
  composefs-storage check [--root DIR] [--json] [--rate BYTES] [--no-progress]
                          [--repair [--from SOURCE]... [--from-store DIR]...]
                          (--all | IMAGE...)

Check whether container images are what they were when they were pulled or built:
each object has the content that its name says, each layer has the objects that
its image names, and each merged image is the one that its layers give. All that
is wrong is told, and which files of which container images are concerned.
If there is damage, standard error has the commands that repair it.
Nothing is written, and the store may be in use. Of plain layers nothing is known
that could be checked; of layers that stock podman has written as composefs, the
contents are.

Options:
  --all          check all images, and what else the store and its pool have
  --root DIR     the store, instead of the one that storage.conf configures
  --rate BYTES   read at most so many bytes a second; k, M and G are 1000, 1000 k
                 and 1000 M
  --no-progress  show no progress, which else is shown on a terminal
  --json         print an object with all findings and all files; sizes are bytes
  --repair       repair what is damaged, from good copies: what the store has
                 elsewhere, what other stores have, and what --from says. Merged
                 images are merged again. An object without a good copy is removed
                 from the pool, so that the next pull brings it anew: until then
                 its files do not open
  --from SOURCE  a layer tar, compressed or not, or an image: docker://NAME,
                 oci:DIR, oci-archive:FILE or docker-archive:FILE. It is read only
                 if it is needed
  --from-store DIR
                 another store, by its root

Exit codes:
  0  nothing is damaged, or all is repaired
  1  the store could not be checked; standard error says why
  2  the command line is wrong
  3  something is damaged
`

// checkOptions are the options of the command.
type checkOptions struct {
	store
	all, asJSON, quiet, repair bool
	rate                       byteRate
	from, fromStores           []string
}

func checkCommand(s streams) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check [IMAGE...]",
		Short: "Check objects, layers and merged images, and repair them",
		Long:  checkUsage,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && !o.all:
				return seeHelp(cmd, usageError{errors.New("neither IMAGE nor --all given")})
			case len(args) > 0 && o.all:
				return seeHelp(cmd, usageError{errors.New("both IMAGE and --all given")})
			case !o.repair && len(o.from)+len(o.fromStores) > 0:
				return seeHelp(cmd, usageError{errors.New("--from without --repair given")})
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return interruptible(func(ctx context.Context) error { return s.check(ctx, o, args) })
		},
	}
	o.addFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.all, "all", false, "")
	flags.BoolVar(&o.asJSON, "json", false, "")
	flags.BoolVar(&o.quiet, "no-progress", false, "")
	flags.BoolVar(&o.repair, "repair", false, "")
	flags.Var(&o.rate, "rate", "")
	flags.StringArrayVar(&o.from, "from", nil, "")
	flags.StringArrayVar(&o.fromStores, "from-store", nil, "")
	return cmd
}

// check checks, repairs if that is asked for, and reports.
func (s streams) check(ctx context.Context, o *checkOptions, names []string) error {
	if err := o.load(); err != nil {
		return err
	}
	images, err := o.images(names)
	if err != nil {
		return err
	}
	opts := fsck.Options{Stores: &o.stores, Images: images, All: o.all, Root: o.root, Rate: int64(o.rate)}
	bar := s.newProgress(o.quiet)
	opts.Progress = bar.show
	start := time.Now()
	report, err := s.runCheck(ctx, o, opts)
	bar.end()
	if err != nil {
		return o.hint(err)
	}
	if o.asJSON {
		err = s.printJSON(report)
	} else {
		err = s.printReport(report, time.Since(start))
	}
	if err == nil && report.Damaged() > 0 {
		err = reported(exitDamage)
	}
	return err
}

// images returns the images to check.
func (o *checkOptions) images(names []string) ([]catalog.Image, error) {
	c, err := catalog.Read(&o.stores)
	if err != nil || o.all {
		if err == nil {
			return c.Images(), nil
		}
		return nil, o.hint(err)
	}
	var list []catalog.Image
	for _, name := range names {
		image, err := c.Find(name)
		if err != nil {
			return nil, o.hint(err)
		}
		list = append(list, image)
	}
	return list, nil
}

// byteRate is an option's value: a number of bytes a second.
type byteRate int64

// Set reads a number with k, M or G behind it or not.
func (r *byteRate) Set(text string) error {
	digits := strings.TrimRight(text, "kMG")
	n, err := strconv.ParseInt(digits, 10, 40)
	unit := map[string]int64{"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[text[len(digits):]]
	if err != nil || n < 1 || unit == 0 {
		return errors.New("a number of bytes is expected, as in 50M")
	}
	*r = byteRate(n * unit)
	return nil
}

func (r *byteRate) String() string { return strconv.FormatInt(int64(*r), 10) }

// Type is for cobra.
func (r *byteRate) Type() string { return "bytes" }
