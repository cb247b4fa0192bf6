package main

import (
	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

const dumpUsage = `Usage:
  composefs-storage dump FILE
  composefs-storage dump [--root DIR] IMAGE

Print the image in FILE, or the merged image of the container image IMAGE, as a dump
file: a line for every entry, composefs-dump(5). Entries that the image format adds are
left out, so that

  composefs-storage dump FILE | composefs-storage mkcomposefs --from-file - NEW

makes NEW equal to FILE. If FILE was made with --min-version=1, so must NEW.

Options:
  --root DIR   the store of IMAGE, instead of the one that storage.conf configures
`

func dumpCommand(s streams) *cobra.Command {
	st := &store{}
	cmd := &cobra.Command{
		Use:   "dump FILE|IMAGE",
		Short: "Print an image as a dump file",
		Long:  dumpUsage,
		Args:  exactly("FILE or IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return st.withImage(cmd.Context(), args[0], func(m *erofs.Image) error {
				t, err := m.Tree()
				if err != nil {
					return err
				}
				return dump.Write(s.out, t)
			})
		},
	}
	st.addFlag(cmd)
	return cmd
}
