package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// seal enables fs-verity for all files below directories, and prints their number.
func seal(args []string) error {
	n := 0
	for _, dir := range args {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			n++
			return errors.Join(verity.SHA256.Enable(f), f.Close())
		})
		if err != nil {
			return err
		}
	}
	fmt.Println(n)
	return nil
}
