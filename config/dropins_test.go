package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestFindDropIns has the rules since containers/storage 1.63, for storage.conf and composefs.conf.
// NAME is the name of either, and VAR its variable.
func TestFindDropIns(t *testing.T) {
	const etc, usr = "/etc/containers/NAME", "/usr/share/containers/NAME"
	const xdg, home = "/xdg/containers/NAME", "/home/u/.config/containers/NAME"
	for _, tc := range []struct {
		name  string
		files map[string]string
		env   env
		uid   int
		want  string // names of files, in order
		err   string // part of the error
	}{
		{name: "nothing"},
		{name: "etc", files: at(etc+".conf", usr+".conf"), want: etc + ".conf"},
		{name: "usr", files: at(usr + ".conf"), want: usr + ".conf"},
		{name: "root, home", files: at(home+".conf", etc+".conf"), want: home + ".conf"},
		{name: "user, home", files: at(home+".conf", etc+".conf"), uid: 7, want: home + ".conf"},
		{name: "xdg", files: at(home+".conf", xdg+".conf"), env: env{"XDG_CONFIG_HOME": "/xdg"}, want: xdg + ".conf"},
		{name: "xdg empty", files: at(home+".conf", "containers/NAME.conf", usr+".conf"), env: env{"XDG_CONFIG_HOME": ""}, want: usr + ".conf"},
		{name: "root's drop-ins", files: at(
			etc+".conf", usr+".conf.d/c.conf", usr+".rootful.conf.d/b.conf", usr+".rootless.conf.d/x.conf", usr+".rootless.conf.d/0/x.conf",
			etc+".conf.d/a.conf", etc+".rootful.conf.d/d.conf", etc+".rootless.conf.d/x.conf", home+".conf.d/e.conf", home+".rootful.conf.d/x.conf"),
			want: etc + ".conf " + etc + ".conf.d/a.conf " + usr + ".rootful.conf.d/b.conf " + usr + ".conf.d/c.conf " + etc + ".rootful.conf.d/d.conf " + home + ".conf.d/e.conf"},
		{name: "user's drop-ins", uid: 7, files: at(
			usr+".conf.d/d.conf", usr+".rootful.conf.d/x.conf", usr+".rootless.conf.d/c.conf", usr+".rootless.conf.d/7/b.conf", usr+".rootless.conf.d/8/x.conf",
			etc+".rootless.conf.d/7/a.conf", etc+".rootless.conf.d/e.conf", home+".rootless.conf.d/x.conf"),
			want: etc + ".rootless.conf.d/7/a.conf " + usr + ".rootless.conf.d/7/b.conf " + usr + ".rootless.conf.d/c.conf " + usr + ".conf.d/d.conf " + etc + ".rootless.conf.d/e.conf"},
		{name: "other names", files: at(usr+".conf.d/a.toml", usr+".conf.d/b.conf.d/c.conf", usr+".conf.d/.conf"), want: usr + ".conf.d/.conf"},
		{name: "the last of one name", uid: 7, files: at(
			usr+".conf.d/a.conf", usr+".rootless.conf.d/a.conf", usr+".conf.d/b.conf", etc+".conf.d/b.conf", etc+".rootless.conf.d/7/c.conf", etc+".rootless.conf.d/c.conf",
			etc+".rootless.conf.d/7/d.conf", home+".conf.d/d.conf"),
			want: usr + ".rootless.conf.d/a.conf " + etc + ".conf.d/b.conf " + etc + ".rootless.conf.d/7/c.conf " + home + ".conf.d/d.conf"},
		{name: "variable", files: at("/v", etc+".conf", etc+".conf.d/a.conf", home+".conf.d/b.conf"), env: env{"VAR": "/v"}, want: "/v"},
		{name: "variable empty", files: at(etc + ".conf"), env: env{"VAR": "", "VAR_OVERRIDE": ""}, want: etc + ".conf"},
		{name: "variable without file", files: at(etc + ".conf"), env: env{"VAR": "/v"}, err: "VAR: open /v:"},
		{name: "override", files: at("/o", etc+".conf", etc+".conf.d/z.conf"), env: env{"VAR_OVERRIDE": "/o"}, want: etc + ".conf " + etc + ".conf.d/z.conf /o"},
		{name: "both variables", files: at("/o", "/v", etc+".conf.d/z.conf"), env: env{"VAR": "/v", "VAR_OVERRIDE": "/o"}, want: "/v /o"},
		{name: "override without file", files: at(etc + ".conf"), env: env{"VAR_OVERRIDE": "/o"}, err: "VAR_OVERRIDE: open /o:"},
		{name: "unreadable", files: env{etc + ".conf": "unreadable", usr + ".conf": "x"}, err: "open " + etc + ".conf:"},
		{name: "drop-in unreadable", files: env{etc + ".conf.d/a.conf": "unreadable"}, err: "open " + etc + ".conf.d/a.conf:"},
		{name: "directory unreadable", files: env{etc + ".conf.d": "unreadable"}, err: "open " + etc + ".conf.d:"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for conf, rules := range map[string][]config.Rules{"storage": {config.DropIns}, "composefs": {config.OneFile, config.DropIns}} {
				name := strings.NewReplacer("VAR", "CONTAINERS_"+strings.ToUpper(conf)+"_CONF", "NAME", conf).Replace
				for _, rules := range rules {
					sys := system(rename(tc.files, name), rename(tc.env, name))
					sys.Rules, sys.UID, sys.Rootless, sys.Home = rules, tc.uid, tc.uid != 0, "/home/u"
					s, err := config.Find(sys)
					if tc.err != "" {
						if err == nil || !strings.Contains(err.Error(), name(tc.err)) {
							t.Errorf("%s: Find = %v, want error with %q", conf, err, name(tc.err))
						}
						continue
					}
					texts := s.Composefs
					if conf == "storage" {
						texts = s.Storage
					}
					if want := strings.Fields(name(tc.want)); err != nil || !slices.Equal(names(texts), want) {
						t.Errorf("%s: Find = %q, %v, want %q", conf, names(texts), err, want)
					}
				}
			}
		})
	}
}

func rename(m map[string]string, name func(string) string) map[string]string {
	out := make(map[string]string)
	for k, v := range m {
		out[name(k)] = name(v)
	}
	return out
}

// TestFindVanished has a drop-in that is listed and does not exist: a link to nothing.
func TestFindVanished(t *testing.T) {
	const lost, kept = "/etc/containers/storage.conf.d/a.conf", "/etc/containers/storage.conf.d/b.conf"
	sys := system(at(lost, kept), nil)
	sys.Rules, sys.Home = config.DropIns, "/root"
	read := sys.ReadFile
	sys.ReadFile = func(name string) ([]byte, error) {
		if name == lost {
			name = "/nowhere"
		}
		return read(name)
	}
	s, err := config.Find(sys)
	if err != nil || !slices.Equal(names(s.Storage), []string{kept}) {
		t.Errorf("Find = %q, %v, want %q", names(s.Storage), err, kept)
	}
}
