//go:build linux

package driver

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
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// of reports whether the expectation is one of that segment. There may be none.
func (e *expectation) of(s chain.Segment) bool {
	return e != nil && s.Whole && s.Top().ID == e.segment.Top().ID
}

// pin opens the segment's image, checks that it has the expected digests, or is the copy
// of one that has them, and has the mount made of the file that was looked at. It must be
// closed after that.
func (d *Driver) pin(e *expectation, img images.Image, m *mount.Image) (io.Closer, error) {
	f, err := os.Open(img.Path)
	if err != nil {
		return nil, err
	}
	found, measured, err := measure(f)
	if err == nil {
		err = d.meets(e.entries, img, f, found)
	}
	if errors.As(err, new(*digestError)) && e.maps != nil && len(e.segment.Layers) > 1 {
		err = d.isCopy(e, img.Path, found)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	m.File = f
	if m.Digest == nil {
		m.Digest, m.Hashed = &found, !measured // an earlier mount counts only if that was looked at
	}
	return f, nil
}

// digestError says that an image has another digest than it must have.
type digestError struct{ text string }

func (e *digestError) Error() string { return e.text }

// meets checks that an image, which is open and has the digest found, has all digests that
// are expected of it. The error is a *digestError if it has another one.
func (d *Driver) meets(entries []*policy.Entry, img images.Image, f *os.File, found verity.Digest) error {
	for _, entry := range entries {
		if entry.Merged != nil && *entry.Merged != found {
			return &digestError{fmt.Sprintf("%s: its merged image %s has the digest %s, but %s expects %s", entry.Name(), img.Path, found, entry.Source, entry.Merged)}
		}
		if entry.OCI == "" {
			continue
		}
		oci, err := d.canonical(f, found, entry.Algorithm(), img.Data)
		if err != nil {
			return err
		}
		if oci != entry.OCI {
			return &digestError{fmt.Sprintf("%s: the canonical form of its merged image %s has the digest %s, but %s expects %s", entry.Name(), img.Path, oci, entry.Source, entry.OCI)}
		}
	}
	return nil
}

// isCopy checks that the image with the digest found is a copy for a user namespace of the
// image below it, which must have the expected digests. The digest of the copy follows
// from that image and the maps of the mount; no record of the store has a say.
func (d *Driver) isCopy(e *expectation, path string, found verity.Digest) error {
	img, err := d.images.Of(chain.Segment{Layers: e.segment.Layers[1:], Whole: e.segment.Whole})
	if err != nil {
		return err
	}
	f, err := os.Open(img.Path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	merged, _, err := measure(f)
	if err == nil {
		err = d.meets(e.entries, img, f, merged)
	}
	if err != nil {
		return err
	}
	want, err := d.remappedDigest(f, merged, e.maps)
	if err == nil && want != found.String() {
		err = &digestError{fmt.Sprintf("%s: its copy for a user namespace, %s, has the digest %s, but with these owners the image that %s expects has %s; "+
			`"podman rmi" and "podman pull" make it anew`, e.entries[0].Name(), path, found, e.entries[0].Source, want)}
	}
	return err
}

// measure returns the fs-verity digest of an open file, and whether the kernel keeps
// it so. Where it does not, the file is hashed.
func measure(f *os.File) (d verity.Digest, measured bool, err error) {
	d, err = verity.Measure(f)
	if !verity.Absent(err) {
		return d, err == nil, err
	}
	h := verity.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, 1<<62)); err != nil {
		return d, false, err
	}
	return h.Digest(), false, nil
}

// canonical returns the digest of the canonical form of a merged image, which is open and
// has the digest merged. By sha512 it reads all objects.
func (d *Driver) canonical(f *os.File, merged verity.Digest, a verity.Algorithm, data []string) (string, error) {
	return d.recorded(merged.String()+"-"+a.String(), 2*a.Size(), func() (string, error) {
		img, err := images.Read(f)
		if err != nil {
			return "", err
		}
		oci, err := convert.OCI(context.Background(), []convert.Source{{Image: img}}, convert.OCIOptions{
			Algorithm: a,
			Object:    func(d verity.Digest) (io.ReadCloser, error) { return openObject(data, d) },
		})
		return oci.Digest, err
	})
}

// remappedDigest returns the digest that a merged image, which is open and has the digest
// merged, has with the owners of a user namespace.
func (d *Driver) remappedDigest(f *os.File, merged verity.Digest, maps *idtools.IDMappings) (string, error) {
	key := sha256.Sum256(fmt.Append(nil, maps.UIDs(), maps.GIDs()))
	return d.recorded(fmt.Sprintf("%s-%x", merged, key), 2*len(merged), func() (string, error) {
		img, err := images.Read(f)
		if err != nil {
			return "", err
		}
		made, err := convert.Merge(context.Background(), []convert.Source{{Image: img}}, io.Discard, convert.MergeOptions{Owner: remapped(nil, maps)})
		return made.Digest.String(), err
	})
}

// recorded returns a digest of so many hexadecimal digits that follows from another one.
// It is kept below the run root, where only root writes and a reboot takes it: of 95,000
// files it takes half a second.
func (d *Driver) recorded(name string, digits int, find func() (string, error)) (string, error) {
	record := filepath.Join(d.runDir, "canonical", name)
	if known, err := os.ReadFile(record); err == nil && len(known) == digits {
		return string(known), nil
	}
	digest, err := find()
	if err != nil {
		return "", err
	}
	return digest, writeRecord(record, digest)
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

// writeRecord writes a file that others may read and write at the same time.
func writeRecord(name, text string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // nobody looks at it
	}
	return err
}
