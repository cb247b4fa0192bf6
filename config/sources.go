package config

import (
	"slices"
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
	// Rules are the rules by which Storage and driver options are read.
	Rules Rules
	// Storage are the storage.conf and the drop-ins that count, in order: later ones win. With
	// OneFile there is at most one.
	Storage []Text
	// Inherited: Storage is the system's file, read by the rules OneFile for a user without root
	// and without a file. Only driver, if such users can have it, rootless_storage_path and
	// pull_options count.
	Inherited bool
	// Rootless: the rules DropIns are those for a user without root.
	Rootless bool
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
	// Composefs are the composefs.conf and the drop-ins that count, in order: later ones win.
	Composefs []Text
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
	o, _, err := s.parse()
	return o, err
}

// Origins returns the places of the values that Parse returns, by key. It leaves out values that are
// not set or empty, and the additional stores.
func Origins(s Sources) (map[string]Origin, error) {
	_, from, err := s.parse()
	origins := map[string]Origin{}
	for key, find := range from {
		if origin := find(); origin.Source != "" {
			origins[key] = origin
		}
	}
	return origins, err
}

// origins find the places of values, by key.
type origins map[string]func() Origin

// parse makes options, and finds the places of their values.
func (s *Sources) parse() (*Options, origins, error) {
	var errs Errors
	conf, err := parseStorage(s.Rules, s.Storage)
	errs = errs.with(err)
	o := s.storageOptions(conf)
	from := conf.origins()
	if s.StorageDriver != "" {
		o.Driver, from["driver"] = s.StorageDriver, outside("STORAGE_DRIVER")
	}
	if s.Driver != "" {
		o.Driver, from["driver"] = s.Driver, outside("--storage-driver")
	}
	if o.Driver == "overlay2" {
		o.Driver = overlay
	}
	errs = errs.with(o.applyAll(s.Rules, s.driverOptions(conf, o.Driver), from))
	for i := range s.Composefs {
		errs = errs.with(parseComposefs(&s.Composefs[i], o, from))
	}
	if err := errs.err(); err != nil {
		return nil, nil, err
	}
	return o, from, nil
}

// storageOptions returns the options that storage.conf has, without driver options.
func (s *Sources) storageOptions(conf *storageConf) *Options {
	if s.Inherited {
		conf.inherit()
	}
	if s.Rules == DropIns && !s.Rootless {
		conf.rootlessStoragePath = value{}
	}
	if conf.graphRoot.text == "" {
		conf.graphRoot = conf.rootlessStoragePath
	}
	return &Options{
		Driver:     conf.driver.text,
		GraphRoot:  conf.graphRoot.text,
		RunRoot:    conf.runRoot.text,
		ImageStore: conf.imageStore.text,
		Pull:       parsePull(conf.pull),
		Digests:    Digests{Dirs: s.DigestDirs},
	}
}

// outside returns the place of a value that is not in a file.
func outside(source string) func() Origin { return func() Origin { return Origin{Source: source} } }

// driverOptions returns the one list of driver options that counts.
func (s *Sources) driverOptions(conf *storageConf, driver string) []driverOption {
	switch {
	case s.DriverOptions != nil:
		return listOptions("--storage-opt", s.DriverOptions)
	case s.Driver != "":
		return nil
	case s.StorageOpts != nil:
		return listOptions("STORAGE_OPTS", strings.Split(*s.StorageOpts, ","))
	case s.Inherited:
		return nil
	case driver == overlay, s.Rules == DropIns:
		return slices.Concat(conf.options, conf.overlay)
	}
	return conf.options
}

// applyAll applies driver options if the driver is overlay, or unknown and possibly overlay.
func (o *Options) applyAll(rules Rules, list []driverOption, from origins) error {
	if o.Driver != overlay && o.Driver != "" {
		return nil
	}
	var errs Errors
	last := map[string]driverOption{}
	for _, d := range list {
		errs = errs.with(d.apply(rules, o))
		if key, ours := d.key(rules); ours && slices.Contains(fileOptions, key) {
			last[key], from[key] = d, d.origin
		}
	}
	o.Quota = strings.ContainsAny(last["size"].value()+last["inodes"].value(), "123456789")
	return errs.err()
}

// inherit drops the values of the system's file that do not count for a user without root. Source:
// getRootlessStorageOpts and isRootlessDriver in types/options.go of containers/storage 1.59.
func (c *storageConf) inherit() {
	c.graphRoot, c.runRoot, c.imageStore = value{}, value{}, value{}
	switch c.driver.text {
	case "btrfs", overlay, "overlay2", "vfs":
	default:
		c.driver = value{}
	}
}
