package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/objects"
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
	_, merged, err := mergedImageOf(ctx, name)
	if err != nil {
		return err
	}
	algorithm, err := objects.AlgorithmOf(merged.Pool.Pool(), 0)
	if err != nil {
		return err
	}
	f, err := os.Open(merged.Path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	d, _, err := algorithm.SumFile(f)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s  %s\n", d, merged.Path)
	return err
}
