//go:build linux

package driver_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// objects returns all that there is in the pool: objects, images, entries of layers.
func (d dirs) objects(t testing.TB) []string { return listFiles(t, d.pool(), "lock") }

// contents returns the objects and the images in the pool.
func (d dirs) contents(t testing.TB) []string {
	return slices.DeleteFunc(d.objects(t), func(name string) bool { return strings.HasPrefix(name, "/layers/") })
}

// listFiles returns all files in a directory, none if it does not exist, but for those
// with the given names.
func listFiles(t testing.TB, dir string, but ...string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() && !slices.Contains(but, e.Name()) {
			names = append(names, path[len(dir):])
		}
		return err
	})
	must(t, err)
	return names
}
