package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

const inspectUsage = `Usage:
  composefs-storage inspect [--root DIR] [--json] IMAGE

Show a container image in the store of podman: its layers, bottom first, the number of
their objects that other layers have too, and the fs-verity digest of its merged image.
IMAGE is a name or an ID, as podman takes it.

UNIQUE are the objects that no other layer of the store has, SHARED those that other
layers have too. The total counts each object once. An object that only layers of this
image have is SHARED in their rows and UNIQUE in the total.

A layer is composefs, stock composefs (containers/storage without this project's
driver has written it), plain, missing or damaged. An image that has been mounted has
a merged image, which is read and measured. Otherwise the layers are merged for the
digest only. Nothing is written.

Options:
  --root DIR   the store, instead of the one that storage.conf configures
  --json       print an object; all sizes are bytes
`

// inspected is the result.
type inspected struct {
	ID     string           `json:"id"`
	Names  []string         `json:"names"`
	Layer  string           `json:"top_layer"`
	Kind   string           `json:"kind"`
	Layers []inspectedLayer `json:"layers"` // bottom first
	Total  sizes            `json:"total"`
	Freed  amount           `json:"freed"`            // by a removal of the image
	Merged *inspectedImage  `json:"merged"`           // null if there is none
	Reason string           `json:"reason,omitempty"` // why there is none

	Stated []inspectedStatement `json:"stated,omitempty"` // by the image itself
}

type inspectedLayer struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Root string `json:"root"` // of the store, "" if the layer is missing
	sizes
}

type amount struct {
	Count int   `json:"count"`
	Bytes int64 `json:"bytes"`
}

type sizes struct {
	Files   amount `json:"files"`
	Objects amount `json:"objects"`
	Unique  amount `json:"unique_objects"`
	Shared  amount `json:"shared_objects"`
}

type inspectedImage struct {
	Digest string   `json:"digest"` // fs-verity, sha256
	Size   int64    `json:"size"`
	Path   string   `json:"path"` // "" if it has not been merged yet
	Data   []string `json:"object_directories"`
	Mount  string   `json:"mount,omitempty"`
	Verity bool     `json:"verity"` // it has fs-verity, and so have all its objects
}

func inspectCommand(s streams) *cobra.Command {
	st, asJSON := &store{}, false
	cmd := &cobra.Command{
		Use:   "inspect IMAGE",
		Short: "Show the layers and the digest of a container image",
		Long:  inspectUsage,
		Args:  exactly("IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := st.load(); err != nil {
				return err
			}
			i, err := st.inspect(cmd.Context(), args[0])
			if err != nil {
				return st.hint(err)
			}
			if asJSON {
				return s.printJSON(i)
			}
			return i.print(s)
		},
	}
	st.addFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func (st *store) inspect(ctx context.Context, name string) (*inspected, error) {
	images, image, err := st.look(name)
	if err != nil {
		return nil, err
	}
	layers, total, err := survey.Layers(ctx, &st.stores, images.Chain(image.Layer))
	if err != nil {
		return nil, err
	}
	freed, err := survey.Freed(ctx, &st.stores, images.Own(image))
	if err != nil {
		return nil, err
	}
	i := &inspected{ID: image.ID, Names: append([]string{}, image.Names...), Layer: image.Layer, Total: newSizes(total), Freed: newAmount(freed)}
	i.Layers = make([]inspectedLayer, 0, len(layers))
	var kinds []survey.Kind
	for _, l := range slices.Backward(layers) {
		kinds = append(kinds, l.Kind)
		i.Layers = append(i.Layers, inspectedLayer{l.ID, string(l.Kind), rootOf(l.Store), newSizes(l.Sizes)})
	}
	i.Kind = string(survey.KindOf(kinds))
	merged, err := survey.Merge(ctx, &st.stores, layers)
	switch {
	case errors.Is(err, survey.ErrNoImage):
		i.Reason = strings.TrimPrefix(err.Error(), survey.ErrNoImage.Error()+": ")
	case err != nil:
		return nil, err
	default:
		i.Merged = &inspectedImage{Digest: merged.Digest.String(), Size: merged.Size, Path: merged.Path, Data: append([]string{}, merged.Data...), Verity: merged.Sealed}
		i.Merged.Mount = i.Merged.mountLine()
	}
	i.Stated, err = inspectStatements(ctx, image, layers)
	return i, err
}

// mountLine returns the command for a shell, or "" without a file to mount.
func (i *inspectedImage) mountLine() string {
	if i.Path == "" {
		return ""
	}
	return "mount -t composefs " + message.Word(i.Path) + " -o basedir=" + message.Word(strings.Join(i.Data, ":")) + " DIR"
}

func newAmount(a survey.Amount) amount { return amount{a.Count, a.Bytes} }

func newSizes(s survey.Sizes) sizes {
	return sizes{newAmount(s.Files), newAmount(s.Objects), newAmount(s.Unique), newAmount(s.Shared())}
}
