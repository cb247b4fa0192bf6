//go:build linux

package warn

import (
	"archive/tar"
	"fmt"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/layer"
)

// Oddities counts odd entries of a tar. The zero value has none.
type Oddities struct {
	lost    tally // entries whose payload a tar-split of containers/storage loses
	unknown tally // entries that containers/storage does not unpack
}

// tally counts entries and describes the first one.
type tally struct {
	count int
	first string
}

func (t *tally) add(name, what string) {
	if t.count++; t.count == 1 {
		t.first = fmt.Sprintf("entry %q %s", name, what)
	}
}

func (t *tally) String() string { return fmt.Sprintf("%s (1 of %d such entries)", t.first, t.count) }

// Add counts an entry if it is odd.
func (o *Oddities) Add(hdr *tar.Header) {
	if why := layer.LostPayload(hdr); why != "" {
		o.lost.add(hdr.Name, why)
	}
	switch hdr.Typeflag {
	case tar.TypeCont:
		o.unknown.add(hdr.Name, "is a contiguous file")
	case tar.TypeGNUSparse:
		o.unknown.add(hdr.Name, "is a sparse file in the old GNU format")
	}
}

// Unsaved warns of entries whose payload is lost, for a layer whose tar-split containers/storage writes
// (load, import, build and commit).
func (o *Oddities) Unsaved(id string) {
	if o.lost.count > 0 {
		logrus.Warnf("composefs: layer %s cannot be saved, pushed or checked: %v; hint: copy the archive to a registry with skopeo, and pull the image from there", id, &o.lost)
	}
}

// Unknown warns of entries that only this driver unpacks. A full check of stock podman compares the
// types in the tar with those of the files and reports them as damaged (check.go of
// containers/storage, which a graft changes).
func (o *Oddities) Unknown(layer string) {
	if o.unknown.count > 0 {
		logrus.Warnf("composefs: stock podman calls layer %s damaged: %v; hint: use its \"system check\" with --quick", layer, &o.unknown)
	}
}
