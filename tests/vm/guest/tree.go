package main

import (
	"errors"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// showTree prints the tree of a directory as a dump. For contents, all of which are
// read, it has digests.
func showTree(args []string) error {
	t, err := mounted.Read(args[0], mounted.Options{})
	if err != nil {
		return err
	}
	err = t.Walk(func(_ string, e *tree.Entry) error {
		switch n := e.Inode; {
		case n.Content != "":
			digest := verity.Sum([]byte(n.Content))
			n.Content, n.Payload, n.Digest = "", tree.ByDigest, digest
		case n.Type() == tree.TypeSymlink:
			n.Size = uint64(len(n.Payload)) // as in dumps
		}
		return nil
	})
	return errors.Join(err, dump.Write(os.Stdout, t))
}
