package storageconf_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/containers/storage/types"

	"github.com/composefs-storage/composefs-storage/config"
)

// read has containers/storage and package config read one storage.conf. This file differs between the
// trees that hack/upstreams makes.
func read(t *testing.T, file string) (up types.StoreOptions, errUp error, o *config.Options, err error) {
	t.Setenv("CONTAINERS_STORAGE_CONF", file)
	up, errUp = types.LoadStoreOptions(types.LoadOptions{})
	sys := here()
	sys.LookupEnv = func(key string) (string, bool) {
		if key != "CONTAINERS_STORAGE_CONF" {
			return "", false
		}
		return file, true
	}
	sys.ReadFile = func(name string) ([]byte, error) {
		if name != file { // a composefs.conf of this machine
			return nil, fs.ErrNotExist
		}
		return os.ReadFile(name)
	}
	sys.ReadDir = func(string) ([]fs.DirEntry, error) { return nil, fs.ErrNotExist }
	o, err = config.Load(sys, "", nil)
	return up, errUp, o, err
}
