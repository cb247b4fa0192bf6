package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// System is what Find and Load may ask of the machine. The functions are os.ReadFile,
// os.LookupEnv, os.ExpandEnv and filepath.EvalSymlinks, or do as these do.
type System struct {
	ReadFile     func(name string) ([]byte, error)
	LookupEnv    func(key string) (string, bool)
	ExpandEnv    func(s string) string
	EvalSymlinks func(path string) (string, error)
	// Rootless says that files and directories of the user count, not root's:
	// unshare.IsRootless and unshare.GetRootlessUID() != 0 of containers/storage.
	Rootless bool
	// UID is unshare.GetRootlessUID, the user's outside of a user namespace.
	UID int
	// Home is the user's home directory, empty if it is not known.
	Home string
}

// systemDirs hold the system's files, the first one counts. Source:
// types/options_linux.go.
var systemDirs = []string{"/etc/containers", "/usr/share/containers"}

// Find reads the files and the environment that count. Only one storage.conf does:
//   - the one in CONTAINERS_STORAGE_CONF, which must exist if the variable is set;
//   - without root, containers/storage.conf in XDG_CONFIG_HOME, or in ~/.config if
//     that is empty;
//   - the one in /etc/containers, or else in /usr/share/containers, of which a user
//     without root takes over some keys only: see [Sources];
//   - with root, the one in XDG_CONFIG_HOME.
//
// composefs.conf is looked for in the same places, with CONTAINERS_COMPOSEFS_CONF.
// For a user without root it counts whole, from wherever. The directory of policy files,
// composefs-digests.d, is beside where composefs.conf would be, whether that is there or
// not.
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

// search returns the file of that name that counts, nil if there is none, and whether
// it is the system's and read for a user without root.
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

// files returns the paths where the file of that name may be, the first that exists
// counts. A user's own comes before the system's, root's after it.
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

// userFile returns the path of the user's own file. Root has one only if
// XDG_CONFIG_HOME is set; upstream looks into the working directory if it is set and
// empty, which is not followed here.
func (sys System) userFile(name string) (string, error) {
	if dir, _ := sys.LookupEnv("XDG_CONFIG_HOME"); dir != "" {
		return path.Join(dir, "containers", name), nil
	}
	if !sys.Rootless {
		return "", nil
	}
	if sys.Home == "" {
		return "", fmt.Errorf("find %s: home directory is not known, set HOME", name)
	}
	return path.Join(sys.Home, ".config/containers", name), nil
}
