package chain

import (
	"fmt"
	"path/filepath"
)

// DamagedError says that a file that a layer needs is missing, or is not what it must be.
type DamagedError struct {
	Store Store  // that has the file, or should
	Layer string // the layer's ID, "" for what several have in common
	Err   error
}

func (e *DamagedError) Error() string { return e.Err.Error() }

func (e *DamagedError) Unwrap() error { return e.Err }

// Hint returns the command by which a user learns more.
func (e *DamagedError) Hint() string {
	if e.Store.ReadOnly {
		return fmt.Sprintf(`"composefs-storage check --root %s --all" tells what is wrong with this additional image store`, filepath.Dir(e.Store.Home))
	}
	return `"composefs-storage check --all" tells what is damaged, and repairs it with --repair`
}
