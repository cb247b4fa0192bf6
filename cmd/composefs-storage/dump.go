package main

import (
	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

const dumpUsage = `Usage:
  composefs-storage dump IMAGE

Print IMAGE as a dump file: a line for every entry, composefs-dump(5). What the
image format adds is left out, so that

  composefs-storage dump IMAGE | composefs-storage mkcomposefs --from-file - NEW

makes NEW equal to IMAGE. If IMAGE was made with --min-version=1, so must NEW.
`

func dumpCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "dump IMAGE",
		Short: "Print an image as a dump file",
		Long:  dumpUsage,
		Args:  exactly("IMAGE"),
		RunE: func(_ *cobra.Command, args []string) error {
			return withImage(args[0], func(m *erofs.Image) error {
				t, err := m.Tree()
				if err != nil {
					return err
				}
				return dump.Write(s.out, t)
			})
		},
	}
}
