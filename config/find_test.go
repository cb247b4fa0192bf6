package config_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/composefs-storage/composefs-storage/config"
)

// system is a machine in memory. A file whose content is "unreadable" cannot be read.
func system(files, env map[string]string) config.System {
	return config.System{
		ReadFile: func(name string) ([]byte, error) {
			content, ok := files[name]
			switch {
			case !ok:
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			case content == "unreadable":
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
			}
			return []byte(content), nil
		},
		ReadDir:      func(name string) ([]fs.DirEntry, error) { return readDir(files, name) },
		LookupEnv:    func(key string) (string, bool) { v, ok := env[key]; return v, ok },
		ExpandEnv:    func(s string) string { return os.Expand(s, func(key string) string { return env[key] }) },
		EvalSymlinks: func(string) (string, error) { return "", fs.ErrNotExist },
	}
}

// readDir lists a directory of the machine, which exists if it has files.
func readDir(files map[string]string, dir string) (entries []fs.DirEntry, err error) {
	if files[dir] == "unreadable" {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrPermission}
	}
	tree := fstest.MapFS{}
	for name := range files {
		tree[strings.TrimPrefix(name, "/")] = &fstest.MapFile{}
	}
	return tree.ReadDir(strings.TrimPrefix(dir, "/"))
}

// at makes files whose content is their own name.
func at(names ...string) map[string]string {
	files := make(map[string]string)
	for _, name := range names {
		files[name] = name
	}
	return files
}

type env = map[string]string

// TestFindOneFile has the rules up to containers/storage 1.62.
func TestFindOneFile(t *testing.T) {
	const etc, usr = "/etc/containers/storage.conf", "/usr/share/containers/storage.conf"
	const xdg, home = "/xdg/containers/storage.conf", "/home/u/.config/containers/storage.conf"
	const env0 = "CONTAINERS_STORAGE_CONF"
	for _, tc := range []struct {
		name      string
		files     map[string]string
		env       env
		rootless  bool
		want      string // the file, empty if none
		inherited bool
		err       string // part of the error
	}{
		{name: "root, nothing"},
		{name: "root, etc", files: at(etc, usr), want: etc},
		{name: "root, usr", files: at(usr), want: usr},
		{name: "root, not home", files: at(home)},
		{name: "root, xdg comes last", files: at(usr, xdg), env: env{"XDG_CONFIG_HOME": "/xdg"}, want: usr},
		{name: "root, xdg", files: at(xdg), env: env{"XDG_CONFIG_HOME": "/xdg"}, want: xdg},
		{name: "root, xdg empty", files: at("containers/storage.conf"), env: env{"XDG_CONFIG_HOME": ""}},
		{name: "root, variable", files: at(etc, "/v"), env: env{env0: "/v"}, want: "/v"},
		{name: "root, variable without file", files: at(etc), env: env{env0: "/v"}, err: env0 + ": open /v:"},
		{name: "root, variable empty", files: at(etc), env: env{env0: ""}, err: env0 + ": open :"},
		{name: "root, no drop-ins", files: at(etc, etc+".d/a.conf", "/v"), env: env{env0 + "_OVERRIDE": "/v"}, want: etc},
		{name: "root, etc unreadable", files: env{etc: "unreadable", usr: "x"}, err: "open " + etc},
		{name: "user, nothing", rootless: true},
		{name: "user, home", files: at(etc, home), rootless: true, want: home},
		{name: "user, xdg", files: at(etc, home, xdg), env: env{"XDG_CONFIG_HOME": "/xdg"}, rootless: true, want: xdg},
		{name: "user, xdg without file", files: at(etc, home), env: env{"XDG_CONFIG_HOME": "/xdg"}, rootless: true, want: etc, inherited: true},
		{name: "user, xdg empty", files: at(home), env: env{"XDG_CONFIG_HOME": ""}, rootless: true, want: home},
		{name: "user, etc", files: at(etc, usr), rootless: true, want: etc, inherited: true},
		{name: "user, usr", files: at(usr), rootless: true, want: usr, inherited: true},
		{name: "user, variable", files: at(home, etc), env: env{env0: etc}, rootless: true, want: etc},
		{name: "user, home unreadable", files: env{home: "unreadable", etc: "x"}, rootless: true, err: "open " + home},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := system(tc.files, tc.env)
			sys.Rootless, sys.Home = tc.rootless, "/home/u"
			s, err := config.Find(sys)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("Find = %v, want error with %q", err, tc.err)
				}
				return
			}
			if got := strings.Join(names(s.Storage), " "); err != nil || got != tc.want || s.Inherited != tc.inherited {
				t.Errorf("Find = %q, %v, inherited %v; want %q, %v", got, err, s.Inherited, tc.want, tc.inherited)
			}
		})
	}
}

// names returns the names of texts, in order.
func names(texts []config.Text) (names []string) {
	for _, text := range texts {
		names = append(names, text.Name)
	}
	return names
}

// TestFindDigests checks that the places of policy files are those of composefs.conf.
func TestFindDigests(t *testing.T) {
	const etc, usr = "/etc/containers/composefs-digests.d", "/usr/share/containers/composefs-digests.d"
	for _, tc := range []struct {
		env      env
		rootless bool
		want     []string
	}{
		{want: []string{etc, usr}},
		{env: env{"XDG_CONFIG_HOME": "/xdg"}, want: []string{etc, usr, "/xdg/containers/composefs-digests.d"}},
		{rootless: true, want: []string{"/home/u/.config/containers/composefs-digests.d", etc, usr}},
		{env: env{"CONTAINERS_COMPOSEFS_CONF": "/v/x.conf"}, want: []string{"/v/composefs-digests.d"}},
	} {
		sys := system(at("/v/x.conf"), tc.env)
		sys.Rootless, sys.Home = tc.rootless, "/home/u"
		s, err := config.Find(sys)
		if err != nil || !slices.Equal(s.DigestDirs, tc.want) {
			t.Errorf("%v, rootless %v: %q, %v, want %q", tc.env, tc.rootless, s.DigestDirs, err, tc.want)
		}
	}
}

func TestFindWithoutHome(t *testing.T) {
	for _, rules := range []config.Rules{config.OneFile, config.DropIns} {
		for _, rootless := range []bool{false, true} {
			sys := system(nil, nil)
			sys.Rules, sys.Rootless = rules, rootless
			_, err := config.Find(sys)
			if needed := rootless || rules == config.DropIns; needed != (err != nil && strings.Contains(err.Error(), "set HOME")) {
				t.Errorf("Find with rules %d, rootless %v, without a home directory: %v", rules, rootless, err)
			}
		}
	}
}

// TestFindEnvironment checks when STORAGE_DRIVER and STORAGE_OPTS are read.
func TestFindEnvironment(t *testing.T) {
	for _, tc := range []struct {
		name     string
		files    map[string]string
		env      env
		rootless bool
		driver   string
		opts     string // "unset" if nil
		rules    config.Rules
	}{
		{"file", at("/etc/containers/storage.conf"), env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, false, "vfs", "a=b", config.OneFile},
		{"file, nothing set", at("/etc/containers/storage.conf"), nil, false, "", "unset", config.OneFile},
		{"file, set and empty", at("/etc/containers/storage.conf"), env{"STORAGE_DRIVER": "", "STORAGE_OPTS": ""}, false, "", "", config.OneFile},
		{"root without a file", nil, env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, false, "", "unset", config.OneFile},
		{"user without a file", nil, env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, true, "vfs", "a=b", config.OneFile},
		{"root without a file, drop-ins", nil, env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, false, "vfs", "a=b", config.DropIns},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := system(tc.files, tc.env)
			sys.Rules, sys.Rootless, sys.Home = tc.rules, tc.rootless, "/home/u"
			s, err := config.Find(sys)
			opts := "unset"
			if s.StorageOpts != nil {
				opts = *s.StorageOpts
			}
			if err != nil || s.StorageDriver != tc.driver || opts != tc.opts {
				t.Errorf("Find = %q, %q, %v, want %q, %q", s.StorageDriver, opts, err, tc.driver, tc.opts)
			}
		})
	}
}
