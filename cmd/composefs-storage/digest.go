package main

import (
	"encoding/hex"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

const digestUsage = `Usage:
  composefs-storage digest [--algorithm=NAME] [--json] FILE...

Print the fs-verity digest of each FILE, as the kernel would measure it, with
4096-byte blocks and no salt. Of an image that is its name. With one FILE the
digest stands alone on its line; with several, two spaces and the name follow.
"-" is standard input.

Options:
  --algorithm=NAME   sha256 (default) or sha512
  --json             print an array with path, algorithm, digest and size in
                     bytes of each
`

// fileDigest is a line of the result.
type fileDigest struct {
	Path      string `json:"path"`
	Algorithm string `json:"algorithm"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

func digestCommand(s streams) *cobra.Command {
	algorithm, asJSON := "sha256", false
	cmd := &cobra.Command{
		Use:   "digest FILE...",
		Short: "Print the fs-verity digest of files",
		Long:  digestUsage,
		Args:  atLeast(1, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := parseAlgorithm(algorithm)
			if err != nil {
				return err
			}
			digests := make([]fileDigest, 0, len(args))
			for _, path := range args {
				d, err := s.digestFile(path, a)
				if err != nil {
					return err
				}
				digests = append(digests, d)
			}
			if asJSON {
				return s.printJSON(digests)
			}
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
		},
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", algorithm, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func parseAlgorithm(name string) (verity.Algorithm, error) {
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		if a.String() == name {
			return a, nil
		}
	}
	return 0, usageError{fmt.Errorf("unknown algorithm %q: sha256 and sha512 are possible", name)}
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
