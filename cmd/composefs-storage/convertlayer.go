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
stored once however many files have it, and OUT becomes the layer image, which holds
names and metadata. TAR is an uncompressed layer tar, "-" is standard input.

Options:
  --pool DIR    the pool: objects are in DIR/objects. It is made if missing
  --image OUT   the layer image; a file of that name is replaced
  --diff DIR    the layer's own object directory, as "diff" of a layer in
                containers/storage: its objects are hard links to those of the
                pool. It must be on the pool's file system, and be missing, empty or
                the result of an earlier run with the same TAR. Without it only
                the pool links the objects, and the next garbage collection there
                removes those that no other layer has
  --workers N   store this number of files at a time (default: number of CPUs)
  --json        print an object instead of lines

As in containers/storage, an entry "./" of TAR does not set the metadata of the root
directory.

OUT appears last, complete and durable. After an error or an interrupt neither OUT nor
--diff's DIR has changed. After a kill or a power cut the same command completes the
conversion and removes leftovers; the next garbage collection removes those in the pool.

convert-layer prints the fs-verity digest of the image, the tar's diffID, and the
numbers of files with content, of their objects, of objects new to the pool, of bytes,
and of bytes that the pool had already.
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
			// below 500 MB, and smaller ones are as fast.
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

// number is the value of an option, a number that is not negative.
type number int

// Set reads the value.
func (n *number) Set(s string) error {
	value, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return errors.New("a number is expected")
	}
	*n = number(value)
	return nil
}

func (n *number) String() string { return strconv.Itoa(int(*n)) }

// Type implements pflag.Value.
func (n *number) Type() string { return "number" }

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
