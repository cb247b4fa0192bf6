package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

func TestLoad(t *testing.T) {
	const conf = "/etc/containers/storage.conf"
	for _, tc := range []struct {
		name               string
		text               string
		env                env
		rootless           bool
		graphRoot, runRoot string
	}{
		{"defaults", "", nil, false, "/var/lib/containers/storage", "/run/containers/storage"},
		{"written", "[storage]\ngraphroot = '/g//x/../y'\nrunroot = '/r/'", nil, false, "/g/y", "/r"},
		{"variables", "[storage]\ngraphroot = '$A/${B}/$UID'\nrunroot = '/r$UIDx'", env{"A": "/a", "B": "b"}, false, "/a/b/7", "/r7x"},
		{"symlink", "[storage]\ngraphroot = '/link'", nil, false, "/target", "/run/containers/storage"},
		{"user", "[storage]\ngraphroot = '/g'", env{"XDG_RUNTIME_DIR": "/run/user/7"}, true, "/home/u/.local/share/containers/storage", "/run/user/7/containers"},
		{"user, XDG_DATA_HOME", "", env{"XDG_DATA_HOME": "/data"}, true, "/data/containers/storage", ""},
		{"user, path of the system", "[storage]\nrootless_storage_path = '/u/$UID'", nil, true, "/u/7", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sys := system(map[string]string{conf: tc.text}, tc.env)
			sys.Rootless, sys.UID, sys.Home = tc.rootless, 7, "/home/u"
			sys.EvalSymlinks = func(name string) (string, error) {
				if path.Clean(name) == "/link" {
					return "/target", nil
				}
				return "", fs.ErrNotExist
			}
			o, err := config.Load(sys, "", nil)
			if err != nil || o.GraphRoot != tc.graphRoot || o.RunRoot != tc.runRoot {
				t.Errorf("Load = %+v, %v, want %q, %q", o, err, tc.graphRoot, tc.runRoot)
			}
		})
	}
}

func TestLoadWhole(t *testing.T) {
	files := map[string]string{
		"/etc/containers/storage.conf":         "[storage]\ndriver = 'vfs'\n[storage.options.pull_options]\nconvert_images = 'true'",
		"/usr/share/containers/composefs.conf": "verity = 'require'",
	}
	o, err := config.Load(system(files, nil), "overlay", []string{"overlay.use_composefs=true"})
	if err != nil || !o.Decide(false).Active() || o.Driver != "overlay" || o.Verity != config.VerityRequire {
		t.Errorf("Load = %+v, %v", o, err)
	}
}

// The installed sample turns composefs on.
func TestLoadSample(t *testing.T) {
	sample, err := os.ReadFile("../docs/storage.conf")
	if err != nil {
		t.Fatal(err)
	}
	o, err := config.Load(system(map[string]string{"/etc/containers/storage.conf": string(sample)}, nil), "", nil)
	if err != nil || !o.Decide(false).Active() || !o.Pull.EnablePartialImages || o.GraphRoot != "/var/lib/containers/storage" {
		t.Errorf("Load = %+v, %v", o, err)
	}
}

// With the rules of podman 6 the sample drop-in alone turns composefs on, and an empty file of the same
// name off.
func TestLoadDropInSample(t *testing.T) {
	sample, err := os.ReadFile("../docs/50-composefs.conf")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"/usr/share/containers/storage.conf.d/50-composefs.conf": string(sample)}
	for _, tc := range []struct {
		rules  config.Rules
		active bool
	}{{config.DropIns, true}, {config.OneFile, false}} {
		sys := system(files, nil)
		sys.Rules, sys.Home = tc.rules, "/root"
		o, err := config.Load(sys, "", nil)
		if err != nil || o.Decide(false).Active() != tc.active || o.Pull.EnablePartialImages != tc.active {
			t.Errorf("rules %d: Load = %+v, %v, want composefs %v", tc.rules, o, err, tc.active)
		}
	}
	files["/etc/containers/storage.conf.d/50-composefs.conf"] = ""
	sys := system(files, nil)
	sys.Rules, sys.Home = config.DropIns, "/root"
	if o, err := config.Load(sys, "", nil); err != nil || o.Decide(false).Active() {
		t.Errorf("with an empty file in /etc: %+v, %v", o, err)
	}
}

func TestLoadErrors(t *testing.T) {
	const conf = "/etc/containers/storage.conf"
	files := map[string]string{conf: "[storage]\ngraphroot = '/g/'\nimagestore = '/g'"}
	want := conf + `:3: storage.imagestore = "/g": must not be the graphroot`
	if _, err := config.Load(system(files, nil), "", nil); err == nil || err.Error() != want {
		t.Errorf("Load with imagestore = graphroot: %v, want %s", err, want)
	}
	files[conf] = "[storage"
	var syntax *config.SyntaxError
	if _, err := config.Load(system(files, nil), "", nil); !errors.As(err, &syntax) || syntax.Line != 1 {
		t.Errorf("Load of a broken file: %v", err)
	}
	files[conf] = "unreadable"
	if _, err := config.Load(system(files, nil), "", nil); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("Load of an unreadable file: %v", err)
	}
}
