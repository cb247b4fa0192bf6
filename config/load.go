package config

import (
	"path"
	"strconv"
	"strings"
)

// Load finds the sources, parses them and resolves GraphRoot and RunRoot. driver and options are
// the values of --storage-driver and --storage-opt, or those that a driver is called with, see
// [Sources]; "" and nil mean none.
//
// Load replaces $UID and environment variables in the two paths and resolves symlinks; upstream's
// defaults replace missing ones. RunRoot stays empty for a user without root if XDG_RUNTIME_DIR is
// not set: upstream makes a directory then. Upstream may also take the two paths from a second
// file; Load does not. Source: loadStoreOptionsFromConfFile in types/options.go, expandEnvPath in
// types/utils.go.
func Load(sys System, driver string, options []string) (*Options, error) {
	s, err := Find(sys)
	if err != nil {
		return nil, err
	}
	s.Driver, s.DriverOptions = driver, options
	o, from, err := s.parse()
	if err != nil {
		return nil, err
	}
	graphRoot, runRoot := sys.defaultRoots()
	if o.GraphRoot == "" {
		o.GraphRoot = graphRoot
	}
	if o.RunRoot == "" {
		o.RunRoot = runRoot
	}
	o.GraphRoot, o.RunRoot = sys.expand(o.GraphRoot), sys.expand(o.RunRoot)
	if o.ImageStore != "" && o.ImageStore == o.GraphRoot {
		at := from["imagestore"]()
		return nil, &ValueError{
			Source: at.Source, Line: at.Line, Key: "storage.imagestore",
			Value: strconv.Quote(o.ImageStore), Want: "must not be the graphroot",
		}
	}
	return o, nil
}

// defaultRoots returns upstream's defaults, or empty paths if these depend on more.
func (sys System) defaultRoots() (graphRoot, runRoot string) {
	if !sys.Rootless {
		return "/var/lib/containers/storage", "/run/containers/storage"
	}
	if dir, _ := sys.LookupEnv("XDG_DATA_HOME"); dir != "" {
		graphRoot = path.Join(dir, "containers/storage")
	} else if sys.Home != "" {
		graphRoot = path.Join(sys.Home, ".local/share/containers/storage")
	}
	if dir, _ := sys.LookupEnv("XDG_RUNTIME_DIR"); dir != "" {
		runRoot = path.Join(dir, "containers")
	}
	return graphRoot, runRoot
}

// expand replaces $UID and environment variables and resolves symlinks. It only cleans a path that
// cannot be resolved, such as a missing one.
func (sys System) expand(name string) string {
	if name == "" {
		return ""
	}
	name = sys.ExpandEnv(strings.ReplaceAll(name, "$UID", strconv.Itoa(sys.UID)))
	if resolved, err := sys.EvalSymlinks(name); err == nil {
		return resolved
	}
	return path.Clean(name)
}
