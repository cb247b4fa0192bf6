//go:build linux

package driver

import (
	"context"

	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
)

// context returns the context of a call into the driver. The interfaces of package graphdriver pass
// none, so only this file makes one. The stream of a pull or of a load ends when its user cancels it,
// and the conversion fails with that error.
func (d *Driver) context() context.Context { return context.Background() }

// Abandon removes the staged layers of this process: see [staging.Abandon].
func Abandon() error { return staging.Abandon(context.Background()) }
