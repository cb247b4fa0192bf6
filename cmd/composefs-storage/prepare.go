package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

const prepareUsage = `Usage:
  composefs-storage prepare IMAGE...

Merge the layers of container images, so that their first mount takes no longer than
others. For each IMAGE, prepare prints the fs-verity digest of the merged image and its
file. It writes to podman's store as the first mount would.
`

func prepareCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "prepare IMAGE...",
		Short: "Merge the layers of container images before their first mount",
		Long:  prepareUsage,
		Args:  atLeast(1, "IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := s.prepare(cmd.Context(), name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// prepare merges the layers of an image unless the store has its merged image.
func (s streams) prepare(ctx context.Context, name string) error {
	source, err := imagePath(ctx, name)
	if err != nil {
		return err
	}
	f, err := os.Open(source.Image)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	d, _, err := verity.SHA256.SumFile(f)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s  %s\n", d, source.Image)
	return err
}
