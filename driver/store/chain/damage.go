package chain

import (
	"fmt"
	"path/filepath"
)

// DamagedError reports that a file of a layer is missing or has the wrong content.
type DamagedError struct {
	Store Store  // the store of the file
	Layer string // the layer's ID, "" for a file that several layers share
	Err   error
}

func (e *DamagedError) Error() string { return e.Err.Error() }

func (e *DamagedError) Unwrap() error { return e.Err }

// Hint returns the command that checks the store.
func (e *DamagedError) Hint() string {
	if e.Store.ReadOnly {
		return fmt.Sprintf(`"composefs-storage check --root %s --all" checks this additional image store`, filepath.Dir(e.Store.Home))
	}
	return `"composefs-storage check --all" lists the damage, and --repair repairs it`
}
