//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// withHint adds the next step to the error of a mount if a store lacks a file or has an invalid
// image.
func (d *Driver) withHint(c chain.Chain, err error) error {
	var damaged *chain.DamagedError
	if !errors.As(err, &damaged) && errors.Is(err, fs.ErrNotExist) {
		damaged = missing(c)
	}
	if damaged == nil {
		return err
	}
	return fmt.Errorf("%w; %s", err, damaged.Hint())
}

// missing returns an error that names the first layer of the chain whose directory is missing, nil
// if there is none.
func missing(c chain.Chain) *chain.DamagedError {
	for _, l := range c {
		for _, dir := range l.Diffs {
			if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
				return &chain.DamagedError{Store: l.Store, Layer: l.ID, Err: err}
			}
		}
	}
	return nil
}

// missingStore returns an error that names the first additional image store without layers, such as
// one that is not mounted, nil if there is none.
func (s *stockDriver) missingStore() error {
	for _, s := range s.stores.Additional {
		if _, err := os.Stat(s.Home); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the additional image store %s has no layers; is it mounted?", filepath.Dir(s.Home))
		}
	}
	return nil
}
