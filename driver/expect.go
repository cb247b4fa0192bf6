//go:build linux

package driver

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
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// guard says which digests images must have to be mounted.
//
// The policy files are all that it believes. What the store says, of which layers an
// image consists above all, may have been written by an attacker. So an entry by the
// digest of a configuration counts for whatever the store gives as that image, and
// nothing else is mounted as that; but of layers that the store gives as no image, or as
// another one, it says nothing. Only expected = "all" stops these: then whatever is
// mounted is one of the listed images, if not the one that was asked for.
type guard struct {
	conf   *config.Options
	stores *chain.Stores
}

// expectation is what a mount has to fulfil: the image of a segment of its chain has
// certain digests.
type expectation struct {
	segment chain.Segment
	entries []*policy.Entry // at least one

	// maps are those of the user namespace for which the segment's top layer may be a
	// copy of the one below it, nil if it is none.
	maps *idtools.IDMappings
}

// expected returns what is expected of a mount of the chain, nil for nothing. An error
// says why there can be no mount: what is expected cannot come true, or the policy cannot
// be read. It is read each time, for podman may run for weeks.
//
// The image is that of the top layer, or if that is plain, as a container's is, that of
// the one below it: a container's own files are not expected to be anything. Entries of
// what lies further down are for other images.
//
// maps are those of a user namespace that the kernel does not apply to the mount, nil if
// there is none. The image is then a copy with other owners of the one below it, and what
// is expected of either is expected of both.
func (g *guard) expected(c chain.Chain, maps *idtools.IDMappings) (*expectation, error) {
	p, err := g.load()
	if p == nil {
		return nil, err
	}
	all, stated := g.conf.Expected == config.ExpectedAll, g.conf.Verity == config.VerityRequire
	var images *catalog.Catalog
	if p.HasConfigs() || stated {
		if images, err = catalog.Read(g.stores); err != nil {
			return nil, err
		}
	}
	for i := 0; i < min(2, len(c)); i++ {
		entries, err := g.entries(p, images, c[i].ID)
		if err != nil {
			return nil, err
		}
		if len(entries) == 0 && maps != nil && c[i].Composefs && i+1 < len(c) {
			if entries, err = g.entries(p, images, c[i+1].ID); err != nil {
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

// load returns the policy, nil if no image is expected to be anything.
func (g *guard) load() (*policy.Policy, error) {
	p, err := policy.Load(g.conf.Digests.Dirs, g.conf.Digests.Named)
	if err != nil || p.Empty() && g.conf.Expected != config.ExpectedAll && g.conf.Verity != config.VerityRequire {
		return nil, err
	}
	return p, nil
}

// entries returns what is expected of the images with a top layer. images is nil if it
// does not matter what the store says.
func (g *guard) entries(p *policy.Policy, images *catalog.Catalog, layer string) ([]*policy.Entry, error) {
	list := slices.Clone(p.Layer(layer))
	if images == nil {
		return list, nil
	}
	for _, image := range images.Over(layer) {
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

// stated returns what an image says of itself in annotations. That guards against
// accidents, and errors in how it was built; who can write to the store can write
// another manifest.
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

// newExpectation returns the expectation of the image that a chain is merged to, which
// there must be.
func newExpectation(c chain.Chain, entries []*policy.Entry, maps *idtools.IDMappings) (*expectation, error) {
	for _, l := range c {
		if !l.Composefs {
			return nil, fmt.Errorf("%s: layer %s is not composefs, so that there is no image that could have the digest which %s expects; "+
				`"podman rmi" and "podman pull" make it anew`, entries[0].Name(), l.ID, entries[0].Source)
		}
	}
	return &expectation{c.Segments()[0], entries, maps}, nil
}

// unless returns an error if anything is expected, and composefs cannot be mounted for
// the reason that is given. A chain without composefs needs none.
func (g *guard) unless(c chain.Chain, reason func() string) error {
	e, err := g.expected(c, nil)
	if e == nil {
		return err
	}
	return fmt.Errorf("%s: %s expects a digest of it, and composefs cannot be mounted: %s", e.entries[0].Name(), e.entries[0].Source, reason())
}
