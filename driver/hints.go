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

// withHint adds to why a chain cannot be mounted what to do about it, if a store lacks a file
// that it must have, or has an image that is none.
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

// missing returns which layer of a chain has no files, nil if all have some.
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

// missingStore returns which additional image store has no layers, as one that is not mounted,
// nil if all have some.
func (s *stockDriver) missingStore() error {
	for _, s := range s.stores.Additional {
		if _, err := os.Stat(s.Home); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the additional image store %s has no layers; is it mounted?", filepath.Dir(s.Home))
		}
	}
	return nil
}
