package main

import (
	"github.com/composefs-storage/composefs-storage/driver"
	graphdriver "github.com/containers/storage/drivers"
)

// It runs before main, and so before the children that this program starts of itself
// (reexec.Init) do their work.
func init() {
	graphdriver.Replace("overlay", driver.Init)
	graphdriver.Replace("overlay2", driver.Init)
}
