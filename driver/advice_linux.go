package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// advise adds to why a layer cannot be mounted what to do about it, if a store lacks a file
// that it must have, or has an image that is none. Of an additional store it says which one.
func (d *Driver) advise(err error) error {
	said := err.Error()
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, erofs.ErrCorrupt) || strings.Contains(said, `"composefs-storage `) {
		return err
	}
	for _, s := range d.stores.Additional {
		if root := filepath.Dir(s.Home); strings.Contains(said, root+"/") {
			return fmt.Errorf(`%w; "composefs-storage check --root %s --all" tells what is wrong with this additional image store`, err, root)
		}
	}
	return fmt.Errorf(`%w; "composefs-storage check --all" tells what is damaged, and repairs it with --repair`, err)
}

// absent returns which additional image store has no layers, as one that is not mounted,
// nil if all have some.
func (s *stockDriver) absent() error {
	for _, s := range s.stores.Additional {
		if _, err := os.Stat(s.Home); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the additional image store %s has no layers; is it mounted?", filepath.Dir(s.Home))
		}
	}
	return nil
}
