package driver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/chain"
	"github.com/composefs-storage/composefs-storage/driver/images"
	"github.com/composefs-storage/composefs-storage/driver/mount"
)

// of reports whether the expectation is one of that segment. There may be none.
func (e *expectation) of(s chain.Segment) bool {
	return e != nil && s.Whole && s.Top().ID == e.segment.Top().ID
}

// pin opens the segment's image, checks that it has the expected digests, and has the
// mount made of the file that was looked at. It must be closed after that.
func (d *Driver) pin(e *expectation, img images.Image, m *mount.Image) (io.Closer, error) {
	f, err := os.Open(img.Path)
	if err != nil {
		return nil, err
	}
	found, measured, err := measure(f)
	for _, entry := range e.entries {
		if err == nil && entry.Merged != nil && *entry.Merged != found {
			err = fmt.Errorf("%s: its merged image %s has the digest %s, but %s expects %s", entry.Name(), img.Path, found, entry.Source, entry.Merged)
		}
		if err == nil && entry.OCI != "" {
			var oci string
			if oci, err = d.canonical(f, found, entry.Algorithm(), img.Data); err == nil && oci != entry.OCI {
				err = fmt.Errorf("%s: the canonical form of its merged image %s has the digest %s, but %s expects %s", entry.Name(), img.Path, oci, entry.Source, entry.OCI)
			}
		}
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
// has the digest merged. The one follows from the other, so it is kept below the run
// root, where only root writes and a reboot takes it: of 95,000 files it takes half a second,
// and by sha512 all objects are read.
func (d *Driver) canonical(f *os.File, merged verity.Digest, a verity.Algorithm, data []string) (string, error) {
	record := filepath.Join(d.runDir, "canonical", merged.String()+"-"+a.String())
	if known, err := os.ReadFile(record); err == nil && len(known) == 2*a.Size() {
		return string(known), nil
	}
	img, err := images.Read(f)
	if err != nil {
		return "", err
	}
	oci, err := convert.OCI(context.Background(), []convert.Source{{Image: img}}, convert.OCIOptions{
		Algorithm: a,
		Object:    func(d verity.Digest) (io.ReadCloser, error) { return openObject(data, d) },
	})
	if err != nil {
		return "", err
	}
	return oci.Digest, writeRecord(record, oci.Digest)
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
