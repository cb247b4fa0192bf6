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

Check whether container images have their original contents: each object must have
the content of its name, each layer the objects that its image names, and each merged
image must be the result of merging its layers. check prints all damage, with the files
and container images that it concerns. If there is damage, standard error has the
commands that repair it. check writes nothing, and the store may be in use. It cannot
check plain layers. Of composefs layers of stock podman it checks the contents only.

Options:
  --all          check all images, and all other files of the store and its pool
  --root DIR     the store, instead of the one that storage.conf configures
  --rate BYTES   read at most this number of bytes a second; k, M and G are 1000, 1000 k
                 and 1000 M
  --no-progress  show no progress; a terminal shows it otherwise
  --json         print an object with all findings and all files; sizes are bytes
  --repair       repair damage from good copies: other files of the store, other
                 stores, and the sources of --from. Merged images are merged again.
                 An object without a good copy is removed from the pool, so that
                 the next pull restores it; until then its files do not open
  --from SOURCE  a layer tar, compressed or not, or an image: docker://NAME,
                 oci:DIR, oci-archive:FILE or docker-archive:FILE. It is read only
                 if needed
  --from-store DIR
                 another store, by its root

Exit codes:
  0  nothing is damaged, or all is repaired
  1  the check failed; standard error has the reason
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

// check checks, repairs with --repair, and prints a report.
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

// byteRate is the value of --rate, in bytes a second.
type byteRate int64

// Set parses a number, which may end in k, M or G.
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

// Type implements pflag.Value.
func (r *byteRate) Type() string { return "bytes" }
