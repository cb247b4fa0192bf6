package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// showTree prints what a directory shows as a dump. For contents, all of which are
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
			n.Content, n.Payload, n.Digest = "", tree.ByDigest, (*[32]byte)(&digest)
		case n.Type() == tree.TypeSymlink:
			n.Size = uint64(len(n.Payload)) // dumps say so
		}
		return nil
	})
	return errors.Join(err, dump.Write(os.Stdout, t))
}

// measure prints the fs-verity digests of files as the kernel says them, or why there
// are none. It fails only if a file is not there.
func measure(args []string) error {
	for _, name := range args {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		digest, err := verity.Measure(f)
		switch {
		case errors.Is(err, verity.ErrNotEnabled):
			fmt.Println("none", name)
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Println(digest, name)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
