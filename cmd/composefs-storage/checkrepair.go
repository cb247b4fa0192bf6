package main

import (
	"context"

	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
)

// runCheck checks, and repairs with --repair.
func (s streams) runCheck(ctx context.Context, o *checkOptions, opts fsck.Options) (*fsck.Report, error) {
	if o.repair {
		return fsck.Repair(ctx, opts, fsck.Sources{Stores: o.fromStores, Images: o.from, Sealing: settings.Sealing(o.conf)})
	}
	return fsck.Check(ctx, opts)
}
