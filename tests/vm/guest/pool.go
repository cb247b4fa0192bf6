package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// checkPool reads all that has a name in a pool, objects and merged images, and fails
// unless it matches its name. It prints how many have fs-verity and how many have
// not: the digests that the kernel reports of the former must be right too.
func checkPool(args []string) error {
	var all, sealed int
	check := func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".tmp") {
			return err
		}
		name, err := filepath.Rel(args[0], path)
		if err != nil {
			return err
		}
		name = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(name, "objects/"), "images/"), "/", "")
		measured, err := checkFile(path, name)
		all++
		if measured {
			sealed++
		}
		return err
	}
	for _, dir := range []string{"objects", "images"} {
		err := filepath.WalkDir(filepath.Join(args[0], dir), check)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	fmt.Printf("%d sealed, %d not\n", sealed, all-sealed)
	return nil
}

// checkFile reports whether a file has fs-verity, if it matches a digest.
func checkFile(path, digest string) (sealed bool, err error) {
	want, err := verity.ParseDigest(digest)
	if err != nil {
		return false, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	if got := want.Algorithm().Sum(content); got != want {
		return false, fmt.Errorf("%s has digest %s", path, got)
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	switch got, err := want.Algorithm().Measure(f); {
	case errors.Is(err, verity.ErrNotEnabled), errors.Is(err, verity.ErrFilesystem):
		return false, nil
	case err != nil:
		return false, err
	case got != want:
		return false, fmt.Errorf("%s has digest %s, says the kernel", path, got)
	}
	return true, nil
}

// sealed prints for each file whether it has fs-verity.
func sealed(args []string) error {
	for _, name := range args {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		_, err = verity.Measure(f)
		fmt.Println(err == nil, name)
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
