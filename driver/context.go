//go:build linux

package driver

import "context"

// context returns the context of a call into the driver. The interfaces of package graphdriver pass
// none, so this is the only place that makes one. The stream of a pull or of a load ends when its
// user cancels it, and the conversion fails with that error.
func (d *Driver) context() context.Context { return context.Background() }
