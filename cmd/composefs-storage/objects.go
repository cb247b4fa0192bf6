package main

import (
	"bufio"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

const objectsUsage = `Usage:
  composefs-storage objects [--json] FILE
  composefs-storage objects [--json] [--root DIR] IMAGE

List the objects that the image in FILE, or the container image IMAGE, needs: each once
and sorted, as paths relative to the object directory.

Options:
  --json       print an array with path, fs-verity digest and size in bytes of each;
               without a known digest "digest" is missing
  --root DIR   the store of IMAGE, instead of the one that storage.conf configures
`

// object is a file that holds the content of files of an image.
type object struct {
	Path   string `json:"path"`
	Digest string `json:"digest,omitempty"`
	Size   uint64 `json:"size"`
}

func objectsCommand(s streams) *cobra.Command {
	st, asJSON := &store{}, false
	cmd := &cobra.Command{
		Use:   "objects FILE|IMAGE",
		Short: "List the objects that an image needs",
		Long:  objectsUsage,
		Args:  exactly("FILE or IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return st.withImage(cmd.Context(), args[0], func(m *erofs.Image) error {
				objects, err := objectsOf(m)
				if err != nil {
					return err
				}
				if asJSON {
					return s.printJSON(objects)
				}
				out := bufio.NewWriter(s.out)
				for _, o := range objects {
					fmt.Fprintln(out, escape(o.Path))
				}
				return out.Flush()
			})
		},
	}
	st.addFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func objectsOf(m *erofs.Image) ([]object, error) {
	found := map[string]object{}
	err := m.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if n.Type() != tree.TypeRegular || n.Payload == "" {
			return nil
		}
		o := object{Path: n.BackingPath(), Size: n.Size}
		if !n.Digest.IsZero() {
			o.Digest = n.Digest.String()
		}
		found[o.Path] = o
		return nil
	})
	if err != nil {
		return nil, err
	}
	objects := make([]object, 0, len(found))
	for _, path := range slices.Sorted(maps.Keys(found)) {
		objects = append(objects, found[path])
	}
	return objects, nil
}
