package main

import (
	"os"

	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/containers/podman/v5/libpod/shutdown"
	graphdriver "github.com/containers/storage/drivers"
)

// It runs before main, and so before the children that podman starts of itself
// (reexec.Init) do their work.
func init() {
	graphdriver.Replace("overlay", driver.Init)
	graphdriver.Replace("overlay2", driver.Init)
	_ = shutdown.Register("composefs", func(os.Signal) error { return driver.Abandon() }) // the first one
}
