//go:build linux

package trust

import (
	"errors"
	"fmt"
	"slices"

	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// Guard decides whether an image may be mounted. It keeps no state between mounts, because podman may
// run for weeks. Its methods may be called concurrently.
//
// It trusts the policy files only. An attacker may have written the records of a store, for example
// the list of an image's layers. An entry with the digest of a configuration protects the image that
// the store records under that digest: no other image is mounted as that one. The entry does not
// protect layers that the store records for another image or for none. With expected = "all" no mount
// shows an unlisted image, but it may show another listed image than the requested one.
type Guard struct {
	conf    *config.Options
	stores  *chain.Stores
	images  *images.Images
	records string
}

// New returns the guard of a store. records is a directory below the run root in which the guard keeps
// derived digests. Only root writes there, and a reboot empties it. images and records are for
// [Guard.Image] and [Guard.Pin] only.
func New(conf *config.Options, stores *chain.Stores, images *images.Images, records string) *Guard {
	return &Guard{conf, stores, images, records}
}

// Expectation is a condition of a mount: the merged image of a segment must have certain digests.
type Expectation struct {
	segment chain.Segment
	entries []*policy.Entry // at least one

	// maps are the maps of the user namespace for which the segment's top layer may be a copy of the
	// layer below it, nil if it is no copy.
	maps *idtools.IDMappings
}

// Expected returns the expectation of a mount of the chain, nil if there is none. It reads the policy
// each time. After an error the caller must not mount.
//
// The expectation is for the image of the top layer, or of the layer below a plain top layer, such as
// a container's. Entries for lower layers are for other images.
//
// maps are the maps of a user namespace that the kernel does not apply to the mount, nil for none. The
// image is then a copy, with other owners, of the image below it, and an entry for either counts.
func (g *Guard) Expected(c chain.Chain, maps *idtools.IDMappings) (*Expectation, error) {
	p, err := g.load()
	if p == nil {
		return nil, err
	}
	all, stated := g.conf.Expected == config.ExpectedAll, g.conf.Verity == config.VerityRequire
	var known *catalog.Catalog
	if p.HasConfigs() || stated {
		if known, err = catalog.Read(g.stores); err != nil {
			return nil, err
		}
	}
	for i := 0; i < min(2, len(c)); i++ {
		entries, err := g.entries(p, known, c[i].ID)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 && maps != nil && c[i].Composefs && i+1 < len(c) {
			if entries, err = g.entries(p, known, c[i+1].ID); err != nil {
				return nil, err
			}
		}
		if len(entries) > 0 {
			return newExpectation(c[i:], entries, maps)
		}
		if c[i].Composefs {
			break
		}
	}
	if all {
		return nil, errors.New(`no digest is expected of its image, and composefs.conf has expected = "all"; "composefs-storage digest --policy IMAGE" prints the entry of an image for a policy file`)
	}
	return nil, nil
}

// load returns the policy, nil if no mount can have an expectation.
func (g *Guard) load() (*policy.Policy, error) {
	p, err := policy.Load(g.conf.Digests.Dirs, g.conf.Digests.Named)
	if err != nil || p.Empty() && g.conf.Expected != config.ExpectedAll && g.conf.Verity != config.VerityRequire {
		return nil, err
	}
	return p, nil
}

// entries returns the entries for the images with that top layer. known is nil if the entries do not
// depend on the records of the store.
func (g *Guard) entries(p *policy.Policy, known *catalog.Catalog, layer string) ([]*policy.Entry, error) {
	list := slices.Clone(p.Layer(layer))
	if known == nil {
		return list, nil
	}
	for _, image := range known.Over(layer) {
		list = append(list, p.Config(image.ID)...)
		if g.conf.Verity != config.VerityRequire {
			continue
		}
		stated, err := stated(&image)
		if err != nil {
			return nil, fmt.Errorf("image %s: %w", image.ID, err)
		}
		list = append(list, stated...)
	}
	return list, nil
}

// stated returns the digests in the annotations of an image. They protect from accidents and wrong
// builds, but not from an attacker with write access to the store, who can replace the manifest too.
func stated(image *catalog.Image) (list []*policy.Entry, err error) {
	annotations, err := image.Annotations()
	for _, a := range annotations {
		for _, algorithm := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
			if a.Key == convert.Annotation(algorithm) {
				list = append(list, &policy.Entry{Config: image.ID, OCI: a.Value, Source: a.Key + " in " + a.Source})
			}
		}
	}
	return list, err
}

// newExpectation returns the expectation of a chain's merged image. A plain layer in the chain is an
// error.
func newExpectation(c chain.Chain, entries []*policy.Entry, maps *idtools.IDMappings) (*Expectation, error) {
	for _, l := range c {
		if !l.Composefs {
			return nil, fmt.Errorf("%s: layer %s is not composefs, so no image can have the digest that %s expects; "+
				`"podman rmi" and "podman pull" make it anew`, entries[0].Name(), l.ID, entries[0].Source)
		}
	}
	return &Expectation{c.Segments()[0], entries, maps}, nil
}

// RefuseUnchecked returns an error if a mount of the chain has an expectation. It is for stores in
// which composefs cannot be mounted; reason returns why.
func (g *Guard) RefuseUnchecked(c chain.Chain, reason func() string) error {
	e, err := g.Expected(c, nil)
	if e == nil {
		return err
	}
	return fmt.Errorf("%s: %s expects a digest of it, and composefs cannot be mounted: %s", e.entries[0].Name(), e.entries[0].Source, reason())
}
