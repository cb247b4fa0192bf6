package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/headers"
)

// layers returns the digest of the canonical or bootable form of a chain of layer images.
func (d *digester) layers(ctx context.Context, paths []string) (digests []fileDigest, err error) {
	chain, err := openChain(paths, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, chain.close()) }()
	opts := d.ociOptions(d.bootable)
	opts.Object = func(digest verity.Digest) (io.ReadCloser, error) { return openBeside(paths, digest) }
	oci, err := convert.OCI(ctx, chain.sources, opts)
	if err != nil {
		return nil, chain.hint(err)
	}
	return []fileDigest{formLine(oci, d.bootable)}, nil
}

// formLine returns the line for the digest of a form. That of the bootable form has no annotation.
func formLine(d convert.OCIDigest, bootable bool) fileDigest {
	line := fileDigest{Algorithm: d.Digest.Algorithm().String(), Digest: d.Digest.String(), Size: d.Size}
	if !bootable {
		line.Annotation = d.Annotation()
	}
	return line
}

// openBeside opens an object of layer images that lie in layers of containers/storage.
func openBeside(paths []string, digest verity.Digest) (io.ReadCloser, error) {
	for _, path := range paths {
		if diff := diffBeside(path); diff != "" {
			f, err := os.Open(filepath.Join(diff, tree.ObjectPath(digest)))
			if !errors.Is(err, os.ErrNotExist) {
				return f, err
			}
		}
	}
	return nil, withHint(fmt.Errorf("object %s is not found", digest), "--format=v1-sha512-12 reads all objects, and --bootable those of an SELinux policy: use container images, or files LAYER/composefs-data/composefs.blob")
}

// images prints the digests of container images.
func (d *digester) images(ctx context.Context, names []string) error {
	if err := d.store.load(); err != nil {
		return err
	}
	var digests []fileDigest
	var entries strings.Builder
	for _, name := range names {
		image, found, err := d.image(ctx, name)
		if err != nil {
			return d.store.hint(err)
		}
		digests = append(digests, found[len(found)-1])
		if d.asPolicy {
			text, err := d.entry(image, found)
			if err != nil {
				return err
			}
			entries.WriteString(text)
		}
	}
	if d.asPolicy {
		_, err := io.WriteString(d.out, entries.String())
		return err
	}
	return d.print(digests)
}

// image returns the digest of an image's merged image, except with --oci or --bootable without --policy,
// and then those of the forms that the options name.
func (d *digester) image(ctx context.Context, name string) (image catalog.Image, digests []fileDigest, err error) {
	image, ids, err := d.store.findImage(name)
	if err != nil {
		return image, nil, err
	}
	layers, err := survey.Kinds(&d.store.stores, ids)
	if err == nil && (!d.oci && !d.bootable || d.asPolicy) {
		var merged survey.Merged
		merged, err = survey.Merge(ctx, &d.store.stores, layers)
		digests = append(digests, fileDigest{Algorithm: merged.Digest.Algorithm().String(), Digest: merged.Digest.String(), Size: merged.Size})
	}
	for _, form := range []struct{ wanted, bootable bool }{{d.oci, false}, {d.bootable, true}} {
		if err == nil && form.wanted {
			var found convert.OCIDigest
			found, err = survey.OCI(ctx, layers, d.ociOptions(form.bootable))
			digests = append(digests, formLine(found, form.bootable))
		}
	}
	if err != nil {
		return image, nil, fmt.Errorf("image %s: %w", shortID(image.ID), err)
	}
	if d.oci || d.bootable {
		d.warnOfLinks(layers)
	}
	for i := range digests {
		digests[i].Image, digests[i].name = image.ID, name
	}
	return image, digests, nil
}

// warnOfLinks warns of hard links for which composefs-rs computes another digest.
func (d *digester) warnOfLinks(layers []survey.Layer) {
	found := make([][]headers.Link, len(layers))
	var group errgroup.Group
	for i, l := range layers {
		group.Go(func() error {
			found[i], _ = headers.Links(&d.store.stores, l.Layer) // without a tar-split nobody can compare
			return nil
		})
	}
	_ = group.Wait() // no function fails
	for _, link := range slices.Concat(found...) {
		fmt.Fprintf(d.err, "warning: %s, which composefs-rs ignores: its digest differs\n", link)
	}
}

// entry returns the entry of a policy for an image with the digests that image returns.
func (d *digester) entry(image catalog.Image, digests []fileDigest) (string, error) {
	merged, err := verity.ParseDigest(digests[0].Digest)
	e := policy.Entry{Config: image.ID, Merged: &merged}
	if d.oci {
		e.OCI = digests[1].Digest
	}
	if d.bootable {
		e.Bootable = digests[len(digests)-1].Digest
	}
	comment := ""
	if len(image.Names) > 0 {
		comment = "# " + escape(strings.Join(image.Names, ", ")) + "\n"
	}
	return comment + e.String(), err
}
