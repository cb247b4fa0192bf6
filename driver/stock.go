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

// stockDriver is the stock driver in stores that newer versions of containers/storage
// use too. The vendored one follows the file "lower" and the symlinks in l/ alone; since
// 1.63 the file "lower-layers" counts more, and lost symlinks stay lost.
type stockDriver struct {
	*overlay.Driver
	stores *chain.Stores
}

// chain returns the chain of a layer. Where files lead the stock driver to other layers or
// nowhere, it writes them again. An error says what to do about it.
func (s *stockDriver) chain(id string) (chain.Chain, error) {
	c, written, err := s.stores.Relink(id)
	for _, path := range written {
		logrus.Warnf("composefs: %s was lost or outdated, and is written again for layer %s", path, id)
	}
	return c, s.explain(err)
}

// explain adds to why there is no chain of a layer what to do about it.
func (s *stockDriver) explain(err error) error {
	var lower *chain.LowerError
	if !errors.As(err, &lower) {
		return err
	}
	if missing := s.missingStore(); missing != nil && lower.Missing != "" {
		return fmt.Errorf("%w: %w", err, missing)
	}
	return fmt.Errorf(`%w; "composefs-storage check --all --repair" writes it again from what the store has recorded`, err)
}

// Create makes a layer on top of parent, which may be "".
func (s *stockDriver) Create(id, parent string, opts *graphdriver.CreateOpts) error {
	if err := s.Driver.Create(id, parent, opts); err != nil {
		return err
	}
	return s.inherit(id, parent)
}

// CreateReadWrite makes a layer for a container on top of parent.
func (s *stockDriver) CreateReadWrite(id, parent string, opts *graphdriver.CreateOpts) error {
	if err := s.Driver.CreateReadWrite(id, parent, opts); err != nil {
		return err
	}
	return s.inherit(id, parent)
}

// CreateFromTemplate makes a layer on top of the template.
// Source: the stock driver's.
func (s *stockDriver) CreateFromTemplate(id, template string, _ *idtools.IDMappings, _ string, _ *idtools.IDMappings, opts *graphdriver.CreateOpts, readWrite bool) error {
	if readWrite {
		return s.CreateReadWrite(id, template, opts)
	}
	return s.Create(id, template, opts)
}

// inherit completes a new layer, or removes it after an error.
func (s *stockDriver) inherit(id, parent string) error {
	if parent == "" {
		return nil
	}
	err := s.stores.Inherit(id, parent)
	if err != nil {
		return files.WithCleanup(fmt.Errorf("create layer %s: %w", id, s.explain(err)), s.Driver.Remove(id))
	}
	return nil
}
