package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert"
)

const mergeUsage = `Usage:
  composefs-storage merge FILE... --image OUT [--pool DIR] [--json]

Merge the layer images of a chain, each in a FILE, bottom layer first, to the image of
the tree that a container sees. OUT has the same bytes as the image that mkcomposefs
--min-version=1 makes of that tree.

Options:
  --image OUT   the merged image; a file of that name is replaced
  --pool DIR    for layers that stock containers/storage has written, a FILE at
                LAYER/composefs-data/composefs.blob with LAYER/diff beside it: their
                objects have other names. merge adopts them into this pool under the
                names that OUT needs
  --json        print an object instead of lines

OUT appears complete and durable, or not at all.

merge prints the fs-verity digest of the merged image, which is its name, and its size
in bytes.
`

func mergeCommand(s streams) *cobra.Command {
	var image, pool string
	asJSON := false
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Merge layer images to one image",
		Long:  mergeUsage,
		Args:  atLeast(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "image"); err != nil {
				return err
			}
			var merged convert.Written
			err := interruptible(func(ctx context.Context) (err error) {
				merged, err = mergeToFile(ctx, args, image, pool)
				return err
			})
			if err != nil {
				return err
			}
			if asJSON {
				return s.printJSON(mergedImage{merged.Digest.String(), merged.Size})
			}
			_, err = fmt.Fprintf(s.out, "image: %s\nsize: %d\n", merged.Digest, merged.Size)
			return err
		},
	}
	cmd.Flags().StringVar(&image, "image", "", "")
	cmd.Flags().StringVar(&pool, "pool", "", "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// mergedImage is the result.
type mergedImage struct {
	Image string `json:"image"`
	Size  int64  `json:"size"`
}

// mergeToFile merges the images at paths. Adopted objects get their names in the pool before the image
// gets its own.
func mergeToFile(ctx context.Context, paths []string, image, pool string) (merged convert.Written, err error) {
	chain, err := openChain(paths, pool)
	if err != nil {
		return merged, err
	}
	defer func() { err = errors.Join(err, chain.close()) }()
	out, err := createFile(image)
	if err != nil {
		return merged, err
	}
	defer out.discard()
	if merged, err = chain.merge(ctx, out, convert.MergeOptions{Algorithm: chain.algorithm()}); err != nil {
		return merged, err
	}
	if err := errors.Join(ctx.Err(), chain.commit()); err != nil {
		return merged, err
	}
	return merged, out.publish()
}
