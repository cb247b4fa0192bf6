package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
)

const gcUsage = `Usage:
  composefs-storage gc [--dry-run] [--root DIR] [--json]

Remove garbage from the pools of podman's store: objects and merged images that no
layer has, and leftovers of killed processes. podman does so itself when it removes
layers; gc is for layers that other programs have removed. It never removes objects of a
layer. While a process adds to a pool, as a pull does, that pool stays as it is, and the
exit code is 1.

For each pool the command prints the number of objects, images and leftovers that it
removed, and the size of all three.

Options:
  --dry-run    only print the numbers. Nothing is written
  --root DIR   the store, instead of the one that storage.conf configures
  --json       print an array of objects; sizes are bytes
`

func gcCommand(s streams) *cobra.Command {
	st, dryRun, asJSON := &store{}, false, false
	cmd := &cobra.Command{
		Use:   "gc",
		Short: "Remove objects and images that no layer has",
		Long:  gcUsage,
		Args:  none,
		RunE: func(_ *cobra.Command, _ []string) error {
			if err := st.load(); err != nil {
				return err
			}
			return st.hint(interruptible(func(ctx context.Context) error { return s.gc(ctx, st, dryRun, asJSON) }))
		},
	}
	st.addFlag(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// collected is the result for one pool.
type collected struct {
	Pool      string `json:"pool"`
	Objects   int    `json:"objects"`
	Images    int    `json:"images"`
	Leftovers int    `json:"leftovers"`
	Bytes     int64  `json:"bytes"` // of all three
	Busy      bool   `json:"busy"`
	DryRun    bool   `json:"dry_run"`
}

func (s streams) gc(ctx context.Context, st *store, dryRun, asJSON bool) error {
	find := garbage.Collect
	if dryRun {
		find = garbage.Survey
	}
	pools, err := find(ctx, &st.stores)
	if err != nil {
		return err
	}
	list, busy := []collected{}, ""
	for _, p := range pools {
		list = append(list, collected{
			Pool: p.Store.Pool(), Objects: p.Objects, Images: p.Images, Leftovers: p.Leftovers,
			Bytes: p.Bytes + p.LeftoverBytes, Busy: p.Busy, DryRun: dryRun,
		})
		if p.Busy {
			busy = p.Store.Pool()
		}
	}
	if asJSON {
		err = s.printJSON(list)
	} else {
		err = s.printCollected(list)
	}
	if err == nil && busy != "" && !dryRun {
		err = withHint(fmt.Errorf("pool %s is in use, nothing was removed there", busy), `run "composefs-storage gc" again when no image is being pulled, built or mounted`)
	}
	return err
}

// printCollected prints a block for each pool.
func (s streams) printCollected(list []collected) error {
	for _, c := range list {
		note := ""
		if c.Busy && c.DryRun {
			note = " (in use: new objects were not counted)"
		}
		_, err := fmt.Fprintf(s.out, "pool: %s%s\nobjects: %d\nimages: %d\nleftovers: %d\nsize: %s\n",
			escape(c.Pool), note, c.Objects, c.Images, c.Leftovers, humanSize(c.Bytes))
		if err != nil {
			return err
		}
	}
	return nil
}
