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
  composefs-storage digest --oci [--keep-user-xattrs] [--json] IMAGE...

Print the fs-verity digest of each FILE, as the kernel would measure it, with
4096-byte blocks and no salt. Of an image that is its name. With one FILE the
digest stands alone on its line; with several, two spaces and the name follow.
"-" is standard input.

With --oci, print the fs-verity digest that the merged image of a chain of layer
images, bottom layer first, has in its canonical form: the one that composefs-rs
computes for signing and bootc. Its root has the metadata of /usr, its /run is
empty, and of the xattrs only security.capability is kept. One IMAGE may be a
merged image. Nothing is written.

Options:
  --algorithm=NAME   sha256 (default) or sha512
  --oci              the above
  --keep-user-xattrs
                     with --oci: keep xattrs user.* too, as composefs-rs does if
                     told so
  --json             print an array with path, algorithm, digest and size in
                     bytes of each; with --oci of the one, without a path
`

// fileDigest is a line of the result.
type fileDigest struct {
	Path      string `json:"path,omitempty"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

func digestCommand(s streams) *cobra.Command {
	algorithm, oci, keepUser, asJSON := "sha256", false, false, false
	cmd := &cobra.Command{
		Use:   "digest FILE...",
		Short: "Print the fs-verity digest of files, or of a chain's OCI tree",
		Long:  digestUsage,
		Args:  atLeast(1, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := parseAlgorithm(algorithm)
			if err != nil {
				return err
			}
			var digests []fileDigest
			switch {
			case oci && a != verity.SHA256:
				return usageError{fmt.Errorf("--oci works with sha256 only: images name objects by their sha256 digests")}
			case oci:
				digests, err = digestOCI(args, keepUser)
			case keepUser:
				return usageError{errors.New("--keep-user-xattrs works with --oci only")}
			default:
				digests, err = s.digestFiles(args, a)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return s.printJSON(digests)
			}
			return s.printDigests(digests)
		},
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", algorithm, "")
	cmd.Flags().BoolVar(&oci, "oci", false, "")
	cmd.Flags().BoolVar(&keepUser, "keep-user-xattrs", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func (s streams) printDigests(digests []fileDigest) error {
	for _, d := range digests {
		line := d.Digest
		if len(digests) > 1 {
			line += "  " + escape(d.Path)
		}
		if _, err := fmt.Fprintln(s.out, line); err != nil {
			return err
		}
	}
	return nil
}

func parseAlgorithm(name string) (verity.Algorithm, error) {
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		if a.String() == name {
			return a, nil
		}
	}
	return 0, usageError{fmt.Errorf("unknown algorithm %q: sha256 and sha512 are possible", name)}
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
	return fileDigest{path, a.String(), hex.EncodeToString(h.Sum(nil)), size}, nil
}

// digestOCI returns the digest of the canonical tree of a chain of layer images.
func digestOCI(paths []string, keepUser bool) (digests []fileDigest, err error) {
	chain, err := openChain(paths, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, chain.close()) }()
	opts := convert.MergeOptions{OCI: true, KeepUserXattrs: keepUser}
	merged, err := chain.merge(context.Background(), io.Discard, opts)
	if err != nil {
		return nil, err
	}
	return []fileDigest{{"", verity.SHA256.String(), merged.Digest.String(), merged.Size}}, nil
}
