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

// Guard decides whether images may be mounted, and as what. All of its decisions are about one
// mount: it keeps no state, because podman may run for weeks.
//
// The policy files are all that it believes. The records of a store may be the work of an
// attacker, above all the list of layers of an image. So an entry with the digest of a
// configuration counts for the image that the store records under that digest, and no other
// image is mounted as that one; but the entry counts for no layer that the store records for
// another image, or for none. Only expected = "all" stops these: every mounted image is then one
// of the listed images, though perhaps not the requested one.
type Guard struct {
	conf    *config.Options
	stores  *chain.Stores
	images  *images.Images
	records string
}

// New returns the guard of a store. records is a directory below the run root, where only root
// writes and which a reboot empties: the guard keeps derived digests there. images and records
// are for [Guard.Image] and [Guard.Pin] only.
func New(conf *config.Options, stores *chain.Stores, images *images.Images, records string) *Guard {
	return &Guard{conf, stores, images, records}
}

// Expectation is a condition of a mount: the image of a segment of its chain has certain
// digests.
type Expectation struct {
	segment chain.Segment
	entries []*policy.Entry // at least one

	// maps are those of the user namespace for which the segment's top layer may be a
	// copy of the one below it, nil if it is none.
	maps *idtools.IDMappings
}

// Expected returns the expectation of a mount of the chain, nil if there is none. It reads the
// policy each time. After an error there must be no mount: the expectation cannot be met, or the
// policy cannot be read.
//
// The image is that of the top layer, or of the layer below if the top layer is plain, as a
// container's is: there are no expectations of a container's own files. Entries for layers
// further down are for other images.
//
// maps are those of a user namespace that the kernel does not apply to the mount, nil if
// there is none. The image is then a copy, with other owners, of the image below it, and an
// expectation of either is one of both.
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
		return nil, errors.New(`no digest is expected of its image, and composefs.conf says expected = "all"; "composefs-storage digest --policy IMAGE" prints what a policy file says of an image`)
	}
	return nil, nil
}

// load returns the policy, nil if there can be no expectation.
func (g *Guard) load() (*policy.Policy, error) {
	p, err := policy.Load(g.conf.Digests.Dirs, g.conf.Digests.Named)
	if err != nil || p.Empty() && g.conf.Expected != config.ExpectedAll && g.conf.Verity != config.VerityRequire {
		return nil, err
	}
	return p, nil
}

// entries returns the entries for the images with a top layer. known is nil if the records of
// the store do not matter.
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

// stated returns the digests in the annotations of an image. They guard against accidents and
// wrong builds, not against an attacker who can write to the store: that one can write another
// manifest too.
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

// newExpectation returns the expectation of the merged image of a chain. All layers of the
// chain must be composefs.
func newExpectation(c chain.Chain, entries []*policy.Entry, maps *idtools.IDMappings) (*Expectation, error) {
	for _, l := range c {
		if !l.Composefs {
			return nil, fmt.Errorf("%s: layer %s is not composefs, so that there is no image that could have the digest which %s expects; "+
				`"podman rmi" and "podman pull" make it anew`, entries[0].Name(), l.ID, entries[0].Source)
		}
	}
	return &Expectation{c.Segments()[0], entries, maps}, nil
}

// RefuseUnchecked returns an error if there is an expectation of a mount of the chain, where
// composefs cannot be mounted, for a reason.
func (g *Guard) RefuseUnchecked(c chain.Chain, reason func() string) error {
	e, err := g.Expected(c, nil)
	if e == nil {
		return err
	}
	return fmt.Errorf("%s: %s expects a digest of it, and composefs cannot be mounted: %s", e.entries[0].Name(), e.entries[0].Source, reason())
}
