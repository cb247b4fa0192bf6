//go:build linux

package driver

import (
	"errors"
	"fmt"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// stockDriver is the stock driver, for stores that newer versions of containers/storage use too.
// The vendored version reads only the file "lower" and the symlinks in l/. Versions from 1.63 on
// prefer the file "lower-layers" and do not restore lost symlinks.
type stockDriver struct {
	*overlay.Driver
	stores *chain.Stores
}

// chain returns the chain of a layer, and first restores the files by which the stock driver finds
// the same chain: see [chain.Stores.Relink]. An error contains the next step.
func (s *stockDriver) chain(id string) (chain.Chain, error) {
	c, written, err := s.stores.Relink(id)
	for _, path := range written {
		logrus.Warnf("composefs: %s was lost or outdated, and is written again for layer %s", path, id)
	}
	return c, s.explain(err)
}

// explain adds the next step to the error of a layer whose chain cannot be read.
func (s *stockDriver) explain(err error) error {
	var lower *chain.LowerError
	if !errors.As(err, &lower) {
		return err
	}
	if missing := s.missingStore(); missing != nil && lower.Missing != "" {
		return fmt.Errorf("%w: %w", err, missing)
	}
	return fmt.Errorf(`%w; "composefs-storage check --all --repair" restores it from the records of the store`, err)
}

// Create makes a layer on top of parent, which may be "". The caller holds the lock of the layers.
func (s *stockDriver) Create(id, parent string, opts *graphdriver.CreateOpts) error {
	return s.create(id, parent, func() error { return s.Driver.Create(id, parent, opts) })
}

// CreateReadWrite makes a container's layer on top of parent. The caller holds the lock of the
// layers.
func (s *stockDriver) CreateReadWrite(id, parent string, opts *graphdriver.CreateOpts) error {
	return s.create(id, parent, func() error { return s.Driver.CreateReadWrite(id, parent, opts) })
}

// CreateFromTemplate makes a layer on top of the template. The caller holds the lock of the layers.
// Source: CreateFromTemplate of the stock driver.
func (s *stockDriver) CreateFromTemplate(id, template string, _ *idtools.IDMappings, _ string, _ *idtools.IDMappings, opts *graphdriver.CreateOpts, readWrite bool) error {
	if readWrite {
		return s.CreateReadWrite(id, template, opts)
	}
	return s.Create(id, template, opts)
}

// create makes a layer by the stock driver, on top of a parent with the files that the stock driver
// reads. It gives the layer the files that newer versions read, and removes it after an error.
func (s *stockDriver) create(id, parent string, stock func() error) error {
	if parent == "" {
		return stock()
	}
	below, err := s.below(parent)
	if err != nil {
		return fmt.Errorf("create layer %s: %w", id, err)
	}
	if err := stock(); err != nil {
		return err
	}
	if err := s.stores.Inherit(id, below); err != nil {
		return files.WithCleanup(fmt.Errorf("create layer %s: %w", id, s.explain(err)), s.Driver.Remove(id))
	}
	return nil
}

// below returns the chain of the parent of a new layer. In a read-only store it restores nothing, because
// Inherit gives the new layer the right files.
func (s *stockDriver) below(parent string) (chain.Chain, error) {
	l, err := s.stores.Find(parent)
	if err == nil && !l.Store.ReadOnly {
		return s.chain(parent)
	}
	c, err := s.stores.Chain(parent)
	return c, s.explain(err)
}
