package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrUnknown is returned by [Catalog.Find] for a name that no image has.
var ErrUnknown = errors.New("no such image")

// AmbiguousError is the error for a name that matches several images.
type AmbiguousError struct {
	Name       string
	Candidates []string // unambiguous names, or IDs of images without one
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q may be %s", e.Name, strings.Join(e.Candidates, " or "))
}

// Find returns the image for a name, by rules like podman's:
//
//   - its ID;
//   - its name with registry, and a tag or the digest of a manifest; without either
//     the tag is latest, and with both the digest counts;
//   - a name without a registry, which may stand for one of localhost or Docker Hub;
//   - the first digits of an ID, three at least;
//   - a name without a registry, which may be the end of any name.
//
// The first rule that matches counts. Podman chooses among several images of the third kind by aliases
// and search registries; Find returns an *[AmbiguousError]. For an unknown name the error wraps
// [ErrUnknown].
// Source: LookupImage in libimage/runtime.go of containers/common.
func (c *Catalog) Find(name string) (Image, error) {
	id := strings.TrimPrefix(name, "sha256:")
	want := parseReference(name)
	repos := want.expand()
	for _, matches := range []func(*Image) bool{
		func(i *Image) bool { return i.ID == id },
		func(i *Image) bool {
			return i.has(want, func(repo string) bool { return slices.Contains(repos, repo) })
		},
		func(i *Image) bool { return len(name) >= 3 && strings.HasPrefix(i.ID, name) },
		func(i *Image) bool {
			return want.short() && i.has(want, func(repo string) bool { return strings.HasSuffix(repo, "/"+want.repo) })
		},
	} {
		var found []Image
		for _, i := range c.images {
			if matches(&i) {
				found = append(found, i)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return Image{}, ambiguous(name, found)
		}
	}
	return Image{}, fmt.Errorf("%q: %w", name, ErrUnknown)
}

// ambiguous lists a matching name of each image, or its ID if no name matches.
func ambiguous(name string, found []Image) error {
	e := &AmbiguousError{Name: name}
	repo := parseReference(name).repo
	for _, i := range found {
		candidate := i.ID[:min(12, len(i.ID))]
		for _, n := range i.Names {
			if r := parseReference(n); r.repo == repo || strings.HasSuffix(r.repo, "/"+repo) {
				candidate = n
			}
		}
		e.Candidates = append(e.Candidates, candidate)
	}
	return e
}

// has reports whether the image has a name in a repository for which fits returns true. The name has
// the wanted tag; if a digest is wanted instead, the name or a manifest has that digest.
func (i *Image) has(want reference, fits func(repo string) bool) bool {
	return slices.ContainsFunc(i.Names, func(name string) bool {
		r := parseReference(name)
		if !fits(r.repo) {
			return false
		}
		if want.digest != "" {
			return r.digest == want.digest || slices.Contains(i.Digests, want.digest)
		}
		return r.digest == "" && r.tag == want.tag
	})
}
