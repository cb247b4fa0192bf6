package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// dropIns reads NAME.conf and its drop-ins by the rules of [DropIns], in the order in which they
// count: later ones win.
//
// The first existing file counts: containers/NAME.conf in XDG_CONFIG_HOME, or in ~/.config if that
// is not set, also for root; the one in /etc/containers; the one in /usr/share/containers.
//
// Then come the drop-ins: files *.conf, in the order of their names, in
//   - NAME.conf.d;
//   - NAME.rootful.conf.d for root, NAME.rootless.conf.d and NAME.rootless.conf.d/UID for others
//
// of /usr/share/containers, then of /etc/containers, and in NAME.conf.d of the user's directory. Of
// two drop-ins with one name only the later counts.
//
// The file in env counts instead of all these. Last comes the file in env_OVERRIDE. Both must exist
// if the variables are not empty.
//
// Source: getSearchPaths and Read in pkg/configfile/parse.go of containers/storage 1.63.
func (sys System) dropIns(env, name string) (texts []Text, err error) {
	if file, _ := sys.LookupEnv(env); file != "" {
		texts, err = sys.named(env, file)
	} else {
		texts, err = sys.fromPlaces(name)
	}
	if err != nil {
		return nil, err
	}
	env += "_OVERRIDE"
	if file, _ := sys.LookupEnv(env); file != "" {
		last, err := sys.named(env, file)
		return append(texts, last...), err
	}
	return texts, nil
}

// fromPlaces reads NAME.conf and its drop-ins from the directories.
func (sys System) fromPlaces(name string) ([]Text, error) {
	user, err := sys.userDir(name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, dir := range []string{user, adminDir, vendorDir} {
		if dir != "" {
			files = append(files, path.Join(dir, name+".conf"))
		}
	}
	texts, _, err := sys.first(files)
	if err != nil {
		return nil, err
	}
	paths, err := sys.dropInPaths(user, name)
	if err != nil {
		return nil, err
	}
	for _, file := range paths {
		text, _, err := sys.first([]string{file}) // a link may lead nowhere
		if err != nil {
			return nil, err
		}
		texts = append(texts, text...)
	}
	return texts, nil
}

// userDir returns the directory of the user's own files, "" if there is none. If XDG_CONFIG_HOME is
// set and empty, upstream looks into the working directory; this function does not. Upstream does
// not start without a home directory, except that up to 1.62 root needs none.
func (sys System) userDir(name string) (string, error) {
	switch dir, ok := sys.LookupEnv("XDG_CONFIG_HOME"); {
	case dir != "":
		return path.Join(dir, "containers"), nil
	case ok, sys.Home == "" && sys.Rules == OneFile && !sys.Rootless:
		return "", nil
	case sys.Home == "":
		return "", fmt.Errorf("find %s.conf: the home directory is unknown, set HOME", name)
	}
	return path.Join(sys.Home, ".config/containers"), nil
}

// dropInPaths returns the drop-ins that count, in the order of their names.
func (sys System) dropInPaths(user, name string) (paths []string, err error) {
	found := map[string]string{}
	for _, dir := range sys.dropInDirs(user, name) {
		entries, err := sys.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, entry := range entries {
			if !entry.IsDir() && strings.HasSuffix(entry.Name(), ".conf") {
				found[entry.Name()] = path.Join(dir, entry.Name())
			}
		}
	}
	for _, base := range slices.Sorted(maps.Keys(found)) {
		paths = append(paths, found[base])
	}
	return paths, nil
}

// dropInDirs returns the directories of drop-ins. A later one hides files of the same name.
func (sys System) dropInDirs(user, name string) (dirs []string) {
	for _, dir := range []string{vendorDir, adminDir} {
		dirs = append(dirs, path.Join(dir, name+".conf.d"))
		if sys.UID == 0 {
			dirs = append(dirs, path.Join(dir, name+".rootful.conf.d"))
			continue
		}
		rootless := path.Join(dir, name+".rootless.conf.d")
		dirs = append(dirs, rootless, path.Join(rootless, strconv.Itoa(sys.UID)))
	}
	if user != "" {
		dirs = append(dirs, path.Join(user, name+".conf.d"))
	}
	return dirs
}
