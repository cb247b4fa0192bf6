package main

import (
	"os"
	"runtime/debug"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/driver"
)

// It runs before main, and so before the children that CRI-O starts of itself (reexec.Init) do
// their work.
func init() {
	graphdriver.Replace("overlay", driver.Init)
	graphdriver.Replace("overlay2", driver.Init)
	driver.Converting = sparingly
}

// sparingly collects garbage earlier while layers are converted, unless GOGC is set: a pull then takes
// a seventh less memory at its peak, and hardly any more time.
func sparingly() (end func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(50)
	return func() { debug.SetGCPercent(before) }
}
