package config_test

import (
	"reflect"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestPrecedence checks which value counts if a file, the environment and flags disagree.
func TestPrecedence(t *testing.T) {
	file := `[storage]
driver = 'overlay'
graphroot = '/g'
rootless_storage_path = '/u'
imagestore = '/i'
[storage.options]
additionalimagestores = ['/file']
pull_options = {convert_images = 'true'}
[storage.options.overlay]
use_composefs = 'true'
`
	pull := config.PullOptions{ConvertImages: config.On}
	whole := config.Options{Driver: "overlay", GraphRoot: "/g", ImageStore: "/i", UseComposefs: config.On,
		AdditionalImageStores: []string{"/file"}, Pull: pull}
	without := func(driver string) config.Options { // the options of the driver
		return config.Options{Driver: driver, GraphRoot: "/g", ImageStore: "/i", Pull: pull}
	}
	stores := func(o config.Options, s string) config.Options {
		o.AdditionalImageStores = []string{s}
		return o
	}
	text := func(s string) *string { return &s }
	for _, tc := range []struct {
		name string
		in   config.Sources // Storage is the file
		want config.Options
	}{
		{"file", config.Sources{}, whole},
		{"STORAGE_DRIVER", config.Sources{StorageDriver: "vfs"}, without("vfs")},
		{"STORAGE_DRIVER overlay2", config.Sources{StorageDriver: "overlay2"}, whole},
		{"STORAGE_OPTS", config.Sources{StorageOpts: text("imagestore=/env")}, stores(without("overlay"), "/env")},
		{"STORAGE_OPTS has commas between options", config.Sources{StorageOpts: text("imagestore=/env,.use_composefs=1")},
			func() config.Options { o := stores(whole, "/env"); return o }()},
		{"STORAGE_OPTS empty", config.Sources{StorageOpts: text("")}, without("overlay")},
		{"STORAGE_DRIVER and STORAGE_OPTS", config.Sources{StorageDriver: "vfs", StorageOpts: text("use_composefs=1")}, without("vfs")},
		{"--storage-opt", config.Sources{DriverOptions: []string{"imagestore=/flag"}, StorageOpts: text("use_composefs=1")},
			stores(without("overlay"), "/flag")},
		{"--storage-opt empty", config.Sources{DriverOptions: []string{""}, StorageOpts: text("use_composefs=1")}, without("overlay")},
		{"no driver options at all", config.Sources{DriverOptions: []string{}}, without("overlay")},
		{"--storage-driver", config.Sources{Driver: "overlay", StorageDriver: "vfs", StorageOpts: text("use_composefs=1")}, without("overlay")},
		{"--storage-driver and --storage-opt", config.Sources{Driver: "overlay", DriverOptions: []string{"imagestore=/flag"}, StorageDriver: "vfs"},
			stores(without("overlay"), "/flag")},
		{"user without a file", config.Sources{Inherited: true}, config.Options{Driver: "overlay", GraphRoot: "/u", Pull: pull}},
		{"user without a file, STORAGE_OPTS", config.Sources{Inherited: true, StorageOpts: text("use_composefs=1")},
			config.Options{Driver: "overlay", GraphRoot: "/u", UseComposefs: config.On, Pull: pull}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.in.Storage = storage(file).Storage
			got, err := config.Parse(tc.in)
			if err != nil || !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("Parse = %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func TestInheritedDriver(t *testing.T) {
	for driver, want := range map[string]string{
		"overlay": "overlay", "overlay2": "overlay", "vfs": "vfs", "btrfs": "btrfs", "zfs": "", "aufs": "", "": "",
	} {
		s := storage("[storage]\ndriver = '" + driver + "'")
		s.Inherited = true
		if got, err := config.Parse(s); err != nil || got.Driver != want {
			t.Errorf("driver %q of the system is %+v, %v for a user, want %q", driver, got, err, want)
		}
	}
}
