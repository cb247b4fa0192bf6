package storageconf_test

import (
	"cmp"
	"os"
	"testing"

	"github.com/containers/storage/types"

	"github.com/composefs-storage/composefs-storage/config"
)

// read has containers/storage and package config read one storage.conf. This file differs between the
// trees that hack/upstreams makes.
func read(_ *testing.T, file string) (up types.StoreOptions, errUp error, o *config.Options, err error) {
	errUp = types.ReloadConfigurationFile(file, &up)
	up.GraphRoot = cmp.Or(up.GraphRoot, up.RootlessStoragePath)
	data, err := os.ReadFile(file)
	if err == nil {
		o, err = config.Parse(config.Sources{Rules: config.Upstream, Storage: []config.Text{{Name: file, Data: data}}})
	}
	return up, errUp, o, err
}
