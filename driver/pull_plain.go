//go:build linux

package driver

import (
	"errors"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/driver/pull"
)

// pullPlain handles the differ of a layer that stays plain. It makes the caller download the layer
// the ordinary way, because the tree that a differ unpacks differs from the tree of the tar:
// directories without an entry of their own have mode 0, symlinks have neither owner nor time,
// devices and FIFOs are missing. See docs/upstream/partial-pulls.md.
//
// A caller that passes options is the command containers-storage, which cannot apply a differ in
// any other way.
func pullPlain(o *overlay.Driver, options *graphdriver.ApplyDiffWithDifferOpts, differ graphdriver.Differ, why string) (graphdriver.DriverWithDifferOutput, error) {
	logrus.Debugf("composefs: a layer stays plain: %s", why)
	if options != nil {
		return o.ApplyDiffWithDiffer(options, differ)
	}
	if d, ok := differ.(interface{ Release() }); ok { // a graft, as RawBlob
		d.Release()
	}
	return pull.Ordinary(errors.New(why))
}

// ApplyDiffWithDiffer makes pulls download the layer the ordinary way.
func (p *plain) ApplyDiffWithDiffer(options *graphdriver.ApplyDiffWithDifferOpts, differ graphdriver.Differ) (graphdriver.DriverWithDifferOutput, error) {
	return pullPlain(p.Driver, options, differ, p.reason)
}
