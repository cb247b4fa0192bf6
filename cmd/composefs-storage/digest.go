package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

const digestUsage = `Usage:
  composefs-storage digest [--algorithm=NAME] [--json] FILE...
  composefs-storage digest [--root DIR] [--json | --policy] IMAGE...
  composefs-storage digest --oci [--format=NAME] [--keep-user-xattrs]
                           [--root DIR] [--json | --annotations | --policy] IMAGE...
  composefs-storage digest --bootable [--format=NAME] [--root DIR] [--json | --policy] IMAGE...

Print the fs-verity digest of each FILE, as the kernel would measure it, with
4096-byte blocks and no salt. It is the name of an image. With several FILEs, two spaces
and the name follow each digest. "-" is standard input.

The first name decides whether all are files or container images of podman's store. The
digest of an IMAGE is that of its merged image, which containers mount.

With --oci, print the fs-verity digest of the canonical form of the merged image, which
composefs-rs computes for signing and bootc. Its root has the metadata of /usr, its /run
is empty, and of the xattrs it has only security.capability. The arguments may also be
the files of the layer images of one chain, bottom layer first, or one file with a merged
image. Nothing is written.

With --bootable, print the fs-verity digest of the image that a host boots from the
container image, as bootc computes it: the canonical form with /boot and /sysroot empty,
and with SELinux labels if the image has an SELinux policy.

Options:
  --algorithm=NAME   of files: sha256 (default) or sha512
  --oci              print the digest of the canonical form
  --bootable         print the digest of the image that a host boots
  --format=NAME      v1-sha256-12 (default), or v1-sha512-12, for which all objects
                     are read, since the image names them by sha512 too
  --keep-user-xattrs
                     with --oci: keep xattrs user.* too
  --annotations      print the annotation of a manifest, KEY=DIGEST
  --policy           print an entry for /etc/containers/composefs-digests.d: podman
                     mounts the image only with this digest; with --oci and
                     --bootable the entry has these digests too
  --root DIR         the store, instead of the one that storage.conf configures
  --json             print an array with path or image, algorithm, digest and size in
                     bytes of each, and with --oci the annotation's key
`

// fileDigest is a line of the result.
type fileDigest struct {
	Path       string `json:"path,omitempty"`
	Image      string `json:"image,omitempty"` // ID
	Algorithm  string `json:"algorithm"`
	Digest     string `json:"digest"`
	Size       int64  `json:"size"`
	Annotation string `json:"annotation,omitempty"`

	name string // from the command line
}

// digester holds the options of digest.
type digester struct {
	streams
	store                           store
	algorithm, format               string
	oci, bootable, keepUser         bool
	asJSON, asAnnotations, asPolicy bool
}

func digestCommand(s streams) *cobra.Command {
	d := &digester{streams: s}
	cmd := &cobra.Command{
		Use:   "digest FILE|IMAGE...",
		Short: "Print the fs-verity digest of files, or of container images",
		Long:  digestUsage,
		Args:  atLeast(1, "FILE or IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.check(); err != nil {
				return err
			}
			return d.run(cmd.Context(), args)
		},
	}
	cmd.Flags().StringVar(&d.algorithm, "algorithm", "sha256", "")
	cmd.Flags().BoolVar(&d.oci, "oci", false, "")
	cmd.Flags().BoolVar(&d.bootable, "bootable", false, "")
	cmd.Flags().StringVar(&d.format, "format", "v1-sha256-12", "")
	cmd.Flags().BoolVar(&d.keepUser, "keep-user-xattrs", false, "")
	cmd.Flags().BoolVar(&d.asJSON, "json", false, "")
	cmd.Flags().BoolVar(&d.asAnnotations, "annotations", false, "")
	cmd.Flags().BoolVar(&d.asPolicy, "policy", false, "")
	d.store.addFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "annotations", "policy")
	return cmd
}

// check checks the options.
func (d *digester) check() error {
	a, err := parseAlgorithm(d.algorithm)
	switch {
	case err != nil:
		return err
	case (d.oci || d.bootable) && a != verity.SHA256:
		return usageError{errors.New("--algorithm is for files; --oci and --bootable work with --format=v1-sha512-12")}
	case d.oci && d.bootable && !d.asPolicy:
		return usageError{errors.New("--oci and --bootable together work with --policy only")}
	case d.format != "v1-sha256-12" && d.format != "v1-sha512-12":
		return usageError{fmt.Errorf("unknown format %q: v1-sha256-12 and v1-sha512-12 are possible", d.format)}
	case !d.oci && (d.keepUser || d.asAnnotations):
		return usageError{errors.New("--keep-user-xattrs and --annotations work with --oci only")}
	case !d.oci && !d.bootable && d.format != "v1-sha256-12":
		return usageError{errors.New("--format works with --oci and --bootable only")}
	}
	return nil
}

func (d *digester) run(ctx context.Context, args []string) error {
	var digests []fileDigest
	var err error
	switch file := isFile(args[0]); {
	case !file:
		return d.images(ctx, args)
	case d.asPolicy:
		return usageError{fmt.Errorf("--policy works with container images only, and %s is a file", args[0])}
	case d.oci || d.bootable:
		digests, err = d.layers(ctx, args)
	default:
		a, _ := parseAlgorithm(d.algorithm)
		digests, err = d.digestFiles(args, a)
	}
	if err != nil {
		return err
	}
	return d.print(digests)
}

// ociOptions returns the options for the canonical or the bootable form.
func (d *digester) ociOptions(bootable bool) convert.OCIOptions {
	o := convert.OCIOptions{KeepUserXattrs: d.keepUser && !bootable, Bootable: bootable, Algorithm: verity.SHA256}
	if d.format == "v1-sha512-12" {
		o.Algorithm = verity.SHA512
	}
	return o
}

func (d *digester) print(digests []fileDigest) error {
	if d.asJSON {
		return d.printJSON(digests)
	}
	for i := range digests {
		if d.asAnnotations {
			digests[i].Digest = digests[i].Annotation + "=" + digests[i].Digest
		}
	}
	return d.printDigests(digests)
}

func (s streams) printDigests(digests []fileDigest) error {
	for _, d := range digests {
		line := d.Digest
		if len(digests) > 1 {
			line += "  " + escape(d.name)
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	return nil
}

func parseAlgorithm(name string) (verity.Algorithm, error) {
	a, err := verity.ParseAlgorithm(name)
	if err != nil {
		err = usageError{err}
	}
	return a, err
}

func (s streams) digestFiles(paths []string, a verity.Algorithm) ([]fileDigest, error) {
	digests := make([]fileDigest, 0, len(paths))
	for _, path := range paths {
		d, err := s.digestFile(path, a)
		if err != nil {
			return nil, err
		}
		digests = append(digests, d)
	}
	return digests, nil
}

func (s streams) digestFile(path string, a verity.Algorithm) (fileDigest, error) {
	in, err := s.input(path)
	if err != nil {
		return fileDigest{}, err
	}
	defer in.Close() //nolint:errcheck // open for reading
	h := verity.NewHash(a)
	size, err := io.Copy(h, in)
	if err != nil {
		return fileDigest{}, err
	}
	return fileDigest{Path: path, name: path, Algorithm: a.String(), Digest: hex.EncodeToString(h.Sum(nil)), Size: size}, nil
}
