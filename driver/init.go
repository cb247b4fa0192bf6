//go:build linux

package driver

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/containers/storage/pkg/unshare"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/trust"
)

// Init returns the driver. It takes the options of the stock driver's Init. Where composefs cannot
// work, for example with fuse-overlayfs, it returns a driver that behaves like the stock driver. A wrong
// value in a configuration file is an error, and so is verity = "require" that cannot be kept.
//
// The caller holds storage.lock. A long-running process calls Init again after another process has
// called Cleanup.
func Init(home string, options graphdriver.Options) (graphdriver.Driver, error) {
	conf, err := configure(options.DriverOptions)
	if err != nil {
		return nil, err
	}
	stock := options
	stock.DriverOptions = slices.DeleteFunc(slices.Clone(options.DriverOptions), func(option string) bool {
		key, _ := parseOption(option)
		return key == "use_composefs"
	})
	inner, err := overlay.Init(home, stock)
	if err != nil {
		return nil, err
	}
	o := inner.(*overlay.Driver)
	stores := settings.Stores(conf, home, options.ImageStore, o.AdditionalImageStores())
	if reason := settings.Unusable(home, conf); reason != "" {
		if err := settings.Keeps(conf, home, filepath.Dir(home)); err != nil {
			return nil, err
		}
		logrus.Debugf("composefs is off: %s", reason)
		return bindPlain(&plain{stockDriver{o, &stores}, reason, trust.New(conf, &stores, nil, "")}, o), nil
	}
	d := newDriver(o, conf, stores, chain.RunRoot(inNamespace(options.RunRoot)))
	for _, option := range options.DriverOptions {
		if key, value := parseOption(option); key == "mountopt" && value != "" {
			d.mountOptions = strings.Split(value, ",")
		}
	}
	err = settings.Keeps(conf, home, d.root())
	if err == nil {
		_, err = settings.Algorithm(&stores)
	}
	if err != nil {
		return nil, files.WithCleanup(err, o.Cleanup()) // unmounts its home
	}
	if unshare.IsRootless() {
		if list, err := d.mounts.List(); err == nil {
			d.warnOfEnded(list...)
		}
	}
	return bind(d, o), nil
}

// inNamespace returns a path of dir in the mount namespace of this process. bootc gives podman a run root as a
// descriptor, /proc/self/fd/3, and move_mount(2) fails if another namespace has opened that.
func inNamespace(dir string) string {
	if !strings.HasPrefix(dir, "/proc/self/fd/") {
		return dir
	}
	path, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return dir
	}
	a, err := os.Stat(dir)
	b, err2 := os.Stat(path)
	if err != nil || err2 != nil || !os.SameFile(a, b) {
		return dir
	}
	return path
}

// configure reads the switches from the driver options, storage.conf and composefs.conf.
// containers/storage passes the driver options only.
func configure(driverOptions []string) (*config.Options, error) {
	return settings.Load("overlay", append([]string{}, driverOptions...)) // nil would mean those of storage.conf
}

// parseOption splits a driver option such as overlay.mountopt=nodev.
// Source: parseOptions of the stock driver.
func parseOption(option string) (key, value string) {
	key, value, _ = strings.Cut(option, "=")
	key = strings.ToLower(strings.TrimSpace(key))
	for _, prefix := range []string{"overlay.", "overlay2.", "."} {
		key = strings.TrimPrefix(key, prefix)
	}
	return key, strings.TrimSpace(value)
}
