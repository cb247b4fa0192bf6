package config_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

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
		LookupEnv:    func(key string) (string, bool) { v, ok := env[key]; return v, ok },
		ExpandEnv:    func(s string) string { return os.Expand(s, func(key string) string { return env[key] }) },
		EvalSymlinks: func(string) (string, error) { return "", fs.ErrNotExist },
	}
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

// TestFind looks for storage.conf and composefs.conf in the same arrangements. FILE is the name of
// either file, and VAR its variable.
func TestFind(t *testing.T) {
	const etc, usr = "/etc/containers/FILE", "/usr/share/containers/FILE"
	const xdg, home = "/xdg/containers/FILE", "/home/u/.config/containers/FILE"
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
		{name: "root, xdg empty", files: at("containers/FILE"), env: env{"XDG_CONFIG_HOME": ""}},
		{name: "root, variable", files: at(etc, "/v"), env: env{"VAR": "/v"}, want: "/v"},
		{name: "root, variable without file", files: at(etc), env: env{"VAR": "/v"}, err: "VAR: open /v:"},
		{name: "root, variable empty", files: at(etc), env: env{"VAR": ""}, err: "VAR: open :"},
		{name: "root, etc unreadable", files: env{etc: "unreadable", usr: "x"}, err: "open " + etc},
		{name: "user, nothing", rootless: true},
		{name: "user, home", files: at(etc, home), rootless: true, want: home},
		{name: "user, xdg", files: at(etc, home, xdg), env: env{"XDG_CONFIG_HOME": "/xdg"}, rootless: true, want: xdg},
		{name: "user, xdg without file", files: at(etc, home), env: env{"XDG_CONFIG_HOME": "/xdg"}, rootless: true, want: etc, inherited: true},
		{name: "user, xdg empty", files: at(home), env: env{"XDG_CONFIG_HOME": ""}, rootless: true, want: home},
		{name: "user, etc", files: at(etc, usr), rootless: true, want: etc, inherited: true},
		{name: "user, usr", files: at(usr), rootless: true, want: usr, inherited: true},
		{name: "user, variable", files: at(home, etc), env: env{"VAR": etc}, rootless: true, want: etc},
		{name: "user, home unreadable", files: env{home: "unreadable", etc: "x"}, rootless: true, err: "open " + home},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, conf := range []string{"storage", "composefs"} {
				name := strings.NewReplacer("VAR", "CONTAINERS_"+strings.ToUpper(conf)+"_CONF", "FILE", conf+".conf").Replace
				sys := system(rename(tc.files, name), rename(tc.env, name))
				sys.Rootless, sys.Home = tc.rootless, "/home/u"
				s, err := config.Find(sys)
				if tc.err != "" {
					if err == nil || !strings.Contains(err.Error(), name(tc.err)) {
						t.Errorf("%s: Find = %v, want error with %q", conf, err, name(tc.err))
					}
					continue
				}
				got := s.Composefs
				if conf == "storage" {
					got = s.Storage
				}
				if err != nil || !isText(got, name(tc.want)) || conf == "storage" && s.Inherited != tc.inherited {
					t.Errorf("%s: Find = %+v, %v, inherited %v; want %q, %v", conf, got, err, s.Inherited, name(tc.want), tc.inherited)
				}
			}
		})
	}
}

func isText(text *config.Text, file string) bool {
	if file == "" || text == nil {
		return file == "" && text == nil
	}
	return text.Name == file && len(text.Data) > 0
}

func rename(m map[string]string, name func(string) string) map[string]string {
	out := make(map[string]string)
	for k, v := range m {
		out[name(k)] = name(v)
	}
	return out
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
	sys := system(nil, nil)
	sys.Rootless = true
	if _, err := config.Find(sys); err == nil || !strings.Contains(err.Error(), "set HOME") {
		t.Errorf("Find without a home directory: %v", err)
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
	}{
		{"file", at("/etc/containers/storage.conf"), env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, false, "vfs", "a=b"},
		{"file, nothing set", at("/etc/containers/storage.conf"), nil, false, "", "unset"},
		{"file, set and empty", at("/etc/containers/storage.conf"), env{"STORAGE_DRIVER": "", "STORAGE_OPTS": ""}, false, "", ""},
		{"root without a file", nil, env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, false, "", "unset"},
		{"user without a file", nil, env{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "a=b"}, true, "vfs", "a=b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := system(tc.files, tc.env)
			sys.Rootless, sys.Home = tc.rootless, "/home/u"
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
