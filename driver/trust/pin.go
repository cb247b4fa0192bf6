//go:build linux

package trust

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/idmap"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// Of reports whether e is an expectation of the segment's image. e may be nil.
func (e *Expectation) Of(s chain.Segment) bool {
	return e != nil && s.Bottom && s.Top().ID == e.segment.Top().ID
}

// Pin opens the image of the expectation's segment and checks that it has the expected digests, or is
// a copy of an image that has them. It sets m.File to the open file, so that the mount shows the file
// that was checked. The caller closes the file after the mount.
func (g *Guard) Pin(ctx context.Context, e *Expectation, img images.Merged, m *mount.Image) (io.Closer, error) {
	algorithm, err := objects.AlgorithmOf(img.Pool.Pool(), 0)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(img.Path)
	if err != nil {
		return nil, err
	}
	found, sealed, err := algorithm.MeasureOrSum(f)
	if err == nil {
		err = g.meets(ctx, e.entries, img, f, found)
	}
	if errors.As(err, new(*digestError)) && e.maps != nil && len(e.segment.Layers) > 1 {
		err = g.isCopy(ctx, e, img.Path, found)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	m.File = f
	if m.Digest == nil {
		m.Digest = &found // an earlier mount counts only if its digest was compared
		if !sealed {
			m.Hash = g.hash(algorithm)
		}
	}
	return f, nil
}

// digestError is the error for an image with another digest than the expected one.
type digestError struct{ text string }

func (e *digestError) Error() string { return e.text }

// meets checks that an image has all expected digests. f is the open image and found its fs-verity
// digest. The error is a *digestError if a digest differs.
func (g *Guard) meets(ctx context.Context, entries []*policy.Entry, img images.Merged, f *os.File, found verity.Digest) error {
	for _, entry := range entries {
		if entry.Merged != nil && *entry.Merged != found {
			return &digestError{fmt.Sprintf("%s: its merged image %s has the digest %s, but %s expects %s", entry.Name(), img.Path, found, entry.Source, entry.Merged)}
		}
		for _, form := range []struct {
			name, want string
			bootable   bool
		}{{"canonical", entry.OCI, false}, {"bootable", entry.Bootable, true}} {
			if form.want == "" {
				continue
			}
			got, err := g.form(ctx, f, found, policy.Algorithm(form.want), form.bootable, img.Data)
			if err != nil {
				return err
			}
			if got != form.want {
				return &digestError{fmt.Sprintf("%s: the %s form of its merged image %s has the digest %s, but %s expects %s", entry.Name(), form.name, img.Path, got, entry.Source, form.want)}
			}
		}
	}
	return nil
}

// isCopy checks that the image with the digest found is a copy, for a user namespace, of the image
// below it, and that the image below has the expected digests. It derives the digest of the copy from
// the image below and the maps of the mount, and uses no record of the store.
func (g *Guard) isCopy(ctx context.Context, e *Expectation, path string, found verity.Digest) error {
	img, err := g.images.EnsureMerged(ctx, chain.Segment{Layers: e.segment.Layers[1:], Bottom: e.segment.Bottom})
	if err != nil {
		return err
	}
	f, err := os.Open(img.Path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	merged, _, err := found.Algorithm().MeasureOrSum(f)
	if err == nil {
		err = g.meets(ctx, e.entries, img, f, merged)
	}
	if err != nil {
		return err
	}
	want, err := g.remappedDigest(ctx, f, merged, e.maps)
	if err == nil && want != found.String() {
		err = &digestError{fmt.Sprintf("%s: its copy for a user namespace, %s, has the digest %s, but with these owners the image that %s expects has %s; "+
			`"podman rmi" and "podman pull" make it anew`, e.entries[0].Name(), path, found, e.entries[0].Source, want)}
	}
	return err
}

// form returns the digest of the canonical or bootable form of a merged image. f is the open image and
// merged its fs-verity digest. For sha512 it reads all objects.
func (g *Guard) form(ctx context.Context, f *os.File, merged verity.Digest, a verity.Algorithm, bootable bool, data []string) (string, error) {
	key := merged.String() + "-" + a.String()
	if bootable {
		key += "-bootable"
	}
	return g.recorded(key, 2*a.Size(), func() (string, error) {
		img, err := images.Read(f)
		if err != nil {
			return "", err
		}
		oci, err := convert.OCI(ctx, []convert.Source{{Image: img}}, convert.OCIOptions{
			Algorithm: a,
			Bootable:  bootable,
			Object:    func(d verity.Digest) (io.ReadCloser, error) { return openObject(data, d) },
		})
		return oci.Digest.String(), err
	})
}

// remappedDigest returns the fs-verity digest of a merged image with the owners of a user namespace. f
// is the open image and merged its fs-verity digest.
func (g *Guard) remappedDigest(ctx context.Context, f *os.File, merged verity.Digest, maps *idtools.IDMappings) (string, error) {
	key := sha256.Sum256(fmt.Append(nil, maps.UIDs(), maps.GIDs()))
	return g.recorded(fmt.Sprintf("%s-%x", merged, key), len(merged.String()), func() (string, error) {
		img, err := images.Read(f)
		if err != nil {
			return "", err
		}
		made, err := convert.Merge(ctx, []convert.Source{{Image: img}}, io.Discard, convert.MergeOptions{Owner: idmap.Between(nil, maps), Algorithm: merged.Algorithm()})
		return made.Digest.String(), err
	})
}

// openObject opens an object in the first of the directories that has it.
func openObject(data []string, d verity.Digest) (f *os.File, err error) {
	err = os.ErrNotExist
	for _, dir := range data {
		if f, err = os.Open(filepath.Join(dir, tree.ObjectPath(d))); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	return f, err
}
