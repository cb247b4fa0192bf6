package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"
)

const convertLayerUsage = `Usage:
  composefs-storage convert-layer TAR --pool DIR --image OUT [--diff DIR]
                                  [--workers N] [--json]

Convert a layer: the contents of the files in TAR become objects of the pool, each
stored once however many files have it, and OUT becomes the layer image, which
says all the rest. TAR is an uncompressed layer tar, "-" is standard input.

Options:
  --pool DIR    the pool: objects are in DIR/objects. It is made if it is not there
  --image OUT   the layer image; a file of that name is replaced
  --diff DIR    the layer's own object directory, as "diff" of a layer in
                containers/storage: its objects are hard links to those of the
                pool. It must be on the pool's file system, and absent, empty, or
                what an earlier run has made of the same TAR. Without it only the
                pool links the objects, and the next garbage collection there
                removes those that no other layer has
  --workers N   store so many files at a time (default: number of CPUs)
  --json        print an object instead of lines

As in containers/storage, an entry "./" of TAR says nothing of the root directory.

OUT appears last, complete and durable: as long as it is not there, nothing is
converted. After an error or an interrupt neither OUT nor --diff's DIR has changed.
After a kill or a power cut the same command does it all; what was left unfinished
is removed by it, and in the pool by the next garbage collection.

Printed are the fs-verity digest of the image, the tar's diffID, and how many
files with content there are, how many objects they share, how many of these are
new to the pool, how many bytes the files have, and how many of them did not
have to be stored.
`

func convertLayerCommand(s streams) *cobra.Command {
	c, asJSON := converter{streams: s}, false
	cmd := &cobra.Command{
		Use:   "convert-layer TAR",
		Short: "Convert a layer tar to objects and an image",
		Long:  convertLayerUsage,
		Args:  exactly("TAR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "pool", "image"); err != nil {
				return err
			}
			// Half the usual slack: a layer of a million entries then stays
			// below 500 MB, and others do not notice.
			debug.SetGCPercent(50)
			result, err := c.convert(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return s.printJSON(result)
			}
			return result.print(s)
		},
	}
	cmd.Flags().StringVar(&c.pool, "pool", "", "")
	cmd.Flags().StringVar(&c.image, "image", "", "")
	cmd.Flags().StringVar(&c.diff, "diff", "", "")
	cmd.Flags().Var(&c.workers, "workers", "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// count is the value of an option that says how many.
type count int

// Set reads the value.
func (c *count) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return errors.New("a number is expected")
	}
	*c = count(n)
	return nil
}

func (c *count) String() string { return strconv.Itoa(int(*c)) }

// Type is there for pflag.
func (c *count) Type() string { return "number" }

// convertedLayer is the result.
type convertedLayer struct {
	Image      string `json:"image"`
	DiffID     string `json:"diffID"`
	Files      int    `json:"files"`
	Objects    int    `json:"objects"`
	NewObjects int    `json:"newObjects"`
	Bytes      int64  `json:"bytes"`
	SavedBytes int64  `json:"savedBytes"`
}

func (c *convertedLayer) print(s streams) error {
	percent := 0.0
	if c.Bytes > 0 {
		percent = 100 * float64(c.SavedBytes) / float64(c.Bytes)
	}
	_, err := fmt.Fprintf(s.out, `image: %s
diffID: %s
files: %d
objects: %d
new objects: %d
size: %s
saved by deduplication: %s (%.1f %%)
`, c.Image, c.DiffID, c.Files, c.Objects, c.NewObjects, humanSize(c.Bytes), humanSize(c.SavedBytes), percent)
	return err
}
