package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// System gives Find and Load access to the machine. The functions are os.ReadFile, os.LookupEnv,
// os.ExpandEnv and filepath.EvalSymlinks, or behave like these.
type System struct {
	ReadFile     func(name string) ([]byte, error)
	LookupEnv    func(key string) (string, bool)
	ExpandEnv    func(s string) string
	EvalSymlinks func(path string) (string, error)
	// Rootless: the user's files and directories count instead of root's. It is
	// unshare.IsRootless and unshare.GetRootlessUID() != 0 of containers/storage.
	Rootless bool
	// UID is unshare.GetRootlessUID, the user's ID outside of a user namespace.
	UID int
	// Home is the user's home directory, empty if unknown.
	Home string
}

// systemDirs are the directories of the system's files. The first existing file counts. Source:
// types/options_linux.go.
var systemDirs = []string{"/etc/containers", "/usr/share/containers"}

// Find reads the configuration files and the environment. Only one storage.conf counts:
//   - the one in CONTAINERS_STORAGE_CONF, which must exist if the variable is set;
//   - without root, containers/storage.conf in XDG_CONFIG_HOME, or in ~/.config if
//     that is empty;
//   - the one in /etc/containers, or else in /usr/share/containers, of which a user
//     without root takes over some keys only: see [Sources];
//   - with root, the one in XDG_CONFIG_HOME.
//
// composefs.conf has the same places, with CONTAINERS_COMPOSEFS_CONF. For a user without root all
// of its keys count, from any place. The directory of policy files, composefs-digests.d, is beside
// the place of composefs.conf, even of a missing one.
//
// STORAGE_DRIVER and STORAGE_OPTS are not read for root without a storage.conf.
// Source: DefaultConfigFile in types/utils.go and loadDefaultStoreOptions in
// types/options.go, in the order in which DefaultStoreOptions calls them.
func Find(sys System) (Sources, error) {
	var s Sources
	var err error
	if s.Storage, s.Inherited, err = sys.search("CONTAINERS_STORAGE_CONF", "storage.conf"); err != nil {
		return Sources{}, err
	}
	if s.Composefs, _, err = sys.search("CONTAINERS_COMPOSEFS_CONF", "composefs.conf"); err != nil {
		return Sources{}, err
	}
	if s.DigestDirs, err = sys.digestDirs(); err != nil {
		return Sources{}, err
	}
	if s.Storage == nil && !sys.Rootless {
		return s, nil
	}
	s.StorageDriver, _ = sys.LookupEnv("STORAGE_DRIVER")
	if opts, ok := sys.LookupEnv("STORAGE_OPTS"); ok {
		s.StorageOpts = &opts
	}
	return s, nil
}

// search returns the file of that name that counts, or nil. inherited reports that it is the
// system's file and read for a user without root.
func (sys System) search(env, name string) (text *Text, inherited bool, err error) {
	if file, ok := sys.LookupEnv(env); ok {
		data, err := sys.ReadFile(file)
		if err != nil {
			return nil, false, fmt.Errorf("%s: %w", env, err)
		}
		return &Text{Name: file, Data: data}, false, nil
	}
	files, err := sys.files(name)
	if err != nil {
		return nil, false, err
	}
	for i, file := range files {
		data, err := sys.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		return &Text{Name: file, Data: data}, sys.Rootless && i > 0, nil
	}
	return nil, false, nil
}

// files returns the possible paths of a file. The first existing one counts. A user's own file
// comes before the system's, root's after it.
func (sys System) files(name string) (files []string, err error) {
	user, err := sys.userFile(name)
	if err != nil {
		return nil, err
	}
	if sys.Rootless {
		files = append(files, user)
	}
	for _, dir := range systemDirs {
		files = append(files, path.Join(dir, name))
	}
	if !sys.Rootless && user != "" {
		files = append(files, user)
	}
	return files, nil
}

// userFile returns the path of the user's own file. Root has one only if XDG_CONFIG_HOME is set. If
// it is set and empty, upstream looks into the working directory; this function does not.
func (sys System) userFile(name string) (string, error) {
	if dir, _ := sys.LookupEnv("XDG_CONFIG_HOME"); dir != "" {
		return path.Join(dir, "containers", name), nil
	}
	if !sys.Rootless {
		return "", nil
	}
	if sys.Home == "" {
		return "", fmt.Errorf("find %s: the home directory is unknown, set HOME", name)
	}
	return path.Join(sys.Home, ".config/containers", name), nil
}
