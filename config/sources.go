package config

import (
	"cmp"
	"strings"
)

// overlay is the only driver whose options are read.
const overlay = "overlay"

// Text is the content of a file, with the name for errors.
type Text struct {
	Name string
	Data []byte
}

// Sources are the inputs of Parse. The zero value means that nothing is configured.
type Sources struct {
	// Storage is the storage.conf that counts, or nil.
	Storage *Text
	// Inherited: Storage is the system's file, read for a user without root and without a file.
	// Only driver, if such users can have it, rootless_storage_path and pull_options count.
	Inherited bool
	// Driver is --storage-driver, or the name by which a driver is called. As in podman it
	// discards driver options of the file and of STORAGE_OPTS. (For podman's --root, pass an
	// empty list of DriverOptions.)
	Driver string
	// StorageDriver is STORAGE_DRIVER, empty if it is not set.
	StorageDriver string
	// StorageOpts is STORAGE_OPTS, nil if it is not set. It replaces the driver options of the
	// file even if it is empty.
	StorageOpts *string
	// DriverOptions are the values of --storage-opt, or the options of a driver. The list
	// replaces STORAGE_OPTS and the file's driver options even if it is empty; nil does not.
	DriverOptions []string
	// Composefs is the composefs.conf that counts, or nil.
	Composefs *Text
	// DigestDirs are the default directories of policy files.
	DigestDirs []string
}

// Parse makes options of sources. It returns no options with an error. The error is a
// *[SyntaxError], a *[ValueError], an error of the TOML parser, or [Errors] of these with every
// invalid value.
//
// Precedence is upstream's (ReloadConfigurationFile and getRootlessStorageOpts in
// types/options.go; for the flags getRuntime in
// pkg/domain/infra/runtime_libpod.go of podman v5.6.2): --storage-driver over STORAGE_DRIVER over
// driver; and of driver options only one list counts, --storage-opt before
// STORAGE_OPTS before the file.
func Parse(s Sources) (*Options, error) {
	var errs Errors
	conf := new(storageConf)
	source := ""
	if s.Storage != nil {
		var err error
		conf, err = parseStorage(s.Storage)
		errs = errs.with(err)
		source = s.Storage.Name
	}
	if s.Inherited {
		conf = conf.inherit()
	}
	o := &Options{
		Driver:     conf.driver,
		GraphRoot:  conf.graphRoot,
		RunRoot:    conf.runRoot,
		ImageStore: conf.imageStore,
		Pull:       conf.pull,
		Digests:    Digests{Dirs: s.DigestDirs},
	}
	if o.GraphRoot == "" {
		o.GraphRoot = conf.rootlessStoragePath
	}
	if driver := cmp.Or(s.Driver, s.StorageDriver); driver != "" {
		o.Driver = driver
	}
	if o.Driver == "overlay2" {
		o.Driver = overlay
	}
	errs = errs.with(o.applyAll(s.driverOptions(conf, source, o.Driver)))
	if s.Composefs != nil {
		errs = errs.with(parseComposefs(s.Composefs, o))
	}
	if err := errs.err(); err != nil {
		return nil, err
	}
	return o, nil
}

// driverOptions returns the one list of driver options that counts.
func (s *Sources) driverOptions(conf *storageConf, source, driver string) []driverOption {
	switch {
	case s.DriverOptions != nil:
		return listOptions("--storage-opt", s.DriverOptions)
	case s.Driver != "":
		return nil
	case s.StorageOpts != nil:
		return listOptions("STORAGE_OPTS", strings.Split(*s.StorageOpts, ","))
	}
	return conf.driverOptions(source, driver)
}

// applyAll applies driver options if the driver is overlay, or unknown and possibly overlay.
func (o *Options) applyAll(list []driverOption) error {
	if o.Driver != overlay && o.Driver != "" {
		return nil
	}
	var errs Errors
	for _, d := range list {
		errs = errs.with(d.apply(o))
	}
	return errs.err()
}

// inherit returns the values of the system's file that count for a user without root. Source:
// getRootlessStorageOpts and isRootlessDriver in types/options.go.
func (c *storageConf) inherit() *storageConf {
	i := &storageConf{rootlessStoragePath: c.rootlessStoragePath, pull: c.pull}
	switch c.driver {
	case "btrfs", overlay, "overlay2", "vfs":
		i.driver = c.driver
	}
	return i
}
