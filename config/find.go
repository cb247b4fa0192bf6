package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// System gives Find and Load access to the machine. The functions are os.ReadFile, os.ReadDir,
// os.LookupEnv, os.ExpandEnv and filepath.EvalSymlinks, or behave like these.
type System struct {
	// Rules are those of containers/storage, for storage.conf.
	Rules        Rules
	ReadFile     func(name string) ([]byte, error)
	ReadDir      func(name string) ([]fs.DirEntry, error)
	LookupEnv    func(key string) (string, bool)
	ExpandEnv    func(s string) string
	EvalSymlinks func(path string) (string, error)
	// Rootless: the user's files and directories count instead of root's. It is
	// unshare.IsRootless and unshare.GetRootlessUID() != 0 of containers/storage.
	Rootless bool
	// UID is unshare.GetRootlessUID, the user's ID outside of a user namespace.
	UID int
	// Home is unshare.HomeDir, the user's home directory, empty if unknown.
	Home string
}

// The directories of the distribution's and the administrator's files. Source:
// types/options_linux.go, and since containers/storage 1.63 pkg/configfile/path.go.
const (
	vendorDir = "/usr/share/containers"
	adminDir  = "/etc/containers"
)

// Find reads the configuration files and the environment. sys.Rules decide which storage.conf
// counts.
//
// With [OneFile] it is
//   - the one in CONTAINERS_STORAGE_CONF, which must exist if the variable is set;
//   - without root, containers/storage.conf in XDG_CONFIG_HOME, or in ~/.config if
//     that is empty;
//   - the one in /etc/containers, or else in /usr/share/containers, of which a user
//     without root takes over some keys only: see [Sources];
//   - with root, the one in XDG_CONFIG_HOME.
//
// STORAGE_DRIVER and STORAGE_OPTS are not read for root without a storage.conf. Source:
// DefaultConfigFile in types/utils.go and loadDefaultStoreOptions in types/options.go of
// containers/storage 1.59, in the order in which DefaultStoreOptions calls them.
//
// [DropIns] are described at System.dropIns. composefs.conf has these rules with every
// containers/storage. The directory of policy files, composefs-digests.d, is beside the place of
// composefs.conf, even of a missing one.
func Find(sys System) (Sources, error) {
	s := Sources{Rules: sys.Rules, Rootless: sys.Rootless}
	var err error
	if sys.Rules == OneFile {
		s.Storage, s.Inherited, err = sys.oneFile("CONTAINERS_STORAGE_CONF", "storage.conf")
	} else {
		s.Storage, err = sys.dropIns("CONTAINERS_STORAGE_CONF", "storage")
	}
	if err != nil {
		return Sources{}, err
	}
	if s.Composefs, err = sys.dropIns("CONTAINERS_COMPOSEFS_CONF", "composefs"); err != nil {
		return Sources{}, err
	}
	if s.DigestDirs, err = sys.digestDirs(); err != nil {
		return Sources{}, err
	}
	if sys.Rules == OneFile && len(s.Storage) == 0 && !sys.Rootless {
		return s, nil
	}
	s.StorageDriver, _ = sys.LookupEnv("STORAGE_DRIVER")
	if opts, ok := sys.LookupEnv("STORAGE_OPTS"); ok {
		s.StorageOpts = &opts
	}
	return s, nil
}

// oneFile returns the file of that name that counts, if there is one. inherited reports that it is
// the system's file and read for a user without root.
func (sys System) oneFile(env, name string) (texts []Text, inherited bool, err error) {
	if file, ok := sys.LookupEnv(env); ok {
		text, err := sys.named(env, file)
		return text, false, err
	}
	files, err := sys.files(name)
	if err != nil {
		return nil, false, err
	}
	text, i, err := sys.first(files)
	return text, sys.Rootless && i > 0, err
}

// named reads the file that an environment variable names.
func (sys System) named(env, file string) ([]Text, error) {
	data, err := sys.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", env, err)
	}
	return []Text{{Name: file, Data: data}}, nil
}

// first reads the first existing file, which has the returned index. It returns no text if there is
// none.
func (sys System) first(files []string) (texts []Text, index int, err error) {
	for i, file := range files {
		data, err := sys.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		return []Text{{Name: file, Data: data}}, i, nil
	}
	return nil, 0, nil
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
	files = append(files, path.Join(adminDir, name), path.Join(vendorDir, name))
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
