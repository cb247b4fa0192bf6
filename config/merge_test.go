package config_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// dropIns returns the sources of a storage.conf and drop-ins, which are named 1.conf, 2.conf, …
func dropIns(texts ...string) config.Sources {
	s := config.Sources{Rules: config.DropIns}
	for i, text := range texts {
		s.Storage = append(s.Storage, config.Text{Name: string(rune('1'+i)) + ".conf", Data: []byte(text)})
	}
	return s
}

// TestMerge has the rules since containers/storage 1.63 for several texts.
func TestMerge(t *testing.T) {
	const stores = "[storage.options]\nadditionalimagestores = "
	list := func(stores ...string) config.Options { return config.Options{AdditionalImageStores: stores} }
	for _, tc := range []struct {
		name string
		in   config.Sources
		want config.Options
	}{
		{"nothing", dropIns(), config.Options{}},
		{"key by key", dropIns("[storage]\ndriver = 'overlay'\ngraphroot = '/g'\nrunroot = '/r'", "[storage]\ngraphroot = '/h'\nimagestore = '/i'"),
			config.Options{Driver: "overlay", GraphRoot: "/h", RunRoot: "/r", ImageStore: "/i"}},
		{"an empty value counts", dropIns("[storage]\ndriver = 'overlay'\n[storage.options.overlay]\nuse_composefs = 'true'", "[storage]\nDriver = ''\n[storage.options.overlay]\nuse_composefs = ''"),
			config.Options{}},
		{"switches", dropIns("", "[storage.options.overlay]\nuse_composefs = 'true'", "[storage.options.pull_options]\nconvert_images = 'true'"),
			config.Options{UseComposefs: config.On, Pull: config.PullOptions{ConvertImages: config.On}}},
		{"the last switch", dropIns("[storage.options.overlay]\nuse_composefs = 'true'", "[storage.options]\noverlay = {use_composefs = 'false'}"),
			config.Options{UseComposefs: config.Off}},
		{"pull options by key", dropIns("[storage.options.pull_options]\nconvert_images = 'true'\nostree_repos = '/a'", "[storage]\noptions.Pull_Options = {ostree_repos = '/b', Convert_Images = ''}"),
			config.Options{Pull: config.PullOptions{ConvertImages: config.On, OSTreeRepos: []string{"/b"}}}},
		{"lists replace", dropIns(stores+"['/a', '/b']", stores+"['/c']"), list("/c")},
		{"lists add", dropIns(stores+"['/a']", stores+"['/b', {append = true}]"), list("/a", "/b")},
		{"adding stays", dropIns(stores+"[{append = true}, '/a']", stores+"['/b']", stores+"['/c']"), list("/a", "/b", "/c")},
		{"adding ends", dropIns(stores+"['/a', {append = true}]", stores+"['/b', {append = false}]"), list("/b")},
		{"the last attribute", dropIns(stores+"['/a']", stores+"[{append = true}, '/b', {append = false}]"), list("/b")},
		{"empty attributes", dropIns(stores+"['/a']", stores+"[{}, '/b']"), list("/b")},
		{"an empty list", dropIns(stores+"['/a']", stores+"[]"), config.Options{}},
		{"options without a driver", dropIns("[storage.options.overlay]\nuse_composefs = 'true'\nmount_program = '/m'"),
			config.Options{UseComposefs: config.On, Incompatible: []string{"mount_program"}, MustExist: []string{"/m"}}},
		{"options of another driver", dropIns("[storage]\ndriver = 'vfs'\n[storage.options.overlay]\nuse_composefs = 'true'"), config.Options{Driver: "vfs"}},
		{"both tables", dropIns("[storage.options]\nmount_program = '/a'\nsize = '1G'\nforce_mask = 0o700\n[storage.options.overlay]\nmount_program = '/b'\nsize = '0'"),
			config.Options{Incompatible: []string{"force_mask", "mount_program"}, MustExist: []string{"/a", "/b"}}},
		{"sync", dropIns("[storage.options.overlay]\nsync = ' Filesystem '"), config.Options{}},
		{"rootless_storage_path of root", dropIns("[storage]\nrootless_storage_path = '/u'"), config.Options{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := config.Parse(tc.in)
			if err != nil || !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("Parse = %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

// TestMergeRootless has the keys of a user without root: all of them, in any file.
func TestMergeRootless(t *testing.T) {
	s := dropIns("[storage]\ndriver = 'zfs'\nrootless_storage_path = '/u'\nrunroot = '/r'")
	s.Rootless = true
	for _, tc := range []struct{ more, graphRoot string }{{"", "/u"}, {"[storage]\ngraphroot = '/g'", "/g"}} {
		s := s
		s.Storage = append(s.Storage, dropIns(tc.more).Storage...)
		if got, err := config.Parse(s); err != nil || got.GraphRoot != tc.graphRoot || got.RunRoot != "/r" || got.Driver != "zfs" {
			t.Errorf("with %q: %+v, %v, want graphroot %s", tc.more, got, err, tc.graphRoot)
		}
	}
}

// TestOtherDrivers has driver options that name a driver.
func TestOtherDrivers(t *testing.T) {
	for option, want := range map[string]string{
		"vfs.use_composefs=false": "", "btrfs.x=": "", "zfs.fsname=a": "",
		"overlay2.use_composefs=true":         "",
		"aufs.mountopt=x":                     "--storage-opt: aufs.mountopt: unknown option of the overlay driver",
		"overlay.overlay2.use_composefs=true": "--storage-opt: overlay.overlay2.use_composefs: unknown option of the overlay driver",
		"overlay.x=":                          "--storage-opt: overlay.x: unknown option of the overlay driver",
		"sync=always":                         `--storage-opt: sync = "always": must be "none" or "filesystem"`,
	} {
		s := options(option)
		s.Rules = config.DropIns
		if _, err := config.Parse(s); err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %q", option, err, want)
		}
	}
	if _, err := config.Parse(options("sync=none")); err == nil {
		t.Error("sync is known up to containers/storage 1.62")
	}
}

// TestMergeErrors has the file and the line of each error.
func TestMergeErrors(t *testing.T) {
	const stores = "[storage.options]\n\nadditionalimagestores = "
	const wantList = ": must be a list of strings, which may end with {append=true}"
	for _, tc := range []struct {
		name string
		in   config.Sources
		want string
	}{
		{"syntax", dropIns("", "\nx = y"), `2.conf:2: expected value but found "y" instead`},
		{"type, though it is replaced", dropIns("\n[storage]\ndriver = 1", "[storage]\ndriver = ''"), "1.conf:3: storage.driver = 1: must be a string, in quotes"},
		{"value", dropIns("[storage.options.overlay]\nuse_composefs = 'true'", "[storage.options.overlay]\n\nuse_composefs = 'yes'"),
			`2.conf:3: storage.options.overlay.use_composefs = "yes": must be "true" or "false"`},
		{"store in the first list", dropIns(stores+"['a']", stores+"['/b', {append = true}]"), `1.conf:3: storage.options.additionalimagestores = "a": must be an absolute path`},
		{"store in the second list", dropIns(stores+"['/a']", "\n"+stores+"['b', {append = true}]"), `2.conf:4: storage.options.additionalimagestores = "b": must be an absolute path`},
		{"attribute", dropIns(stores + "[{append = 'true'}]"), "1.conf:3: storage.options.additionalimagestores = […]" + wantList},
		{"attribute unknown", dropIns(stores + "[{append = true, x = 1}]"), "1.conf:3: storage.options.additionalimagestores = […]" + wantList},
		{"list of numbers", dropIns(stores + "[1]"), "1.conf:3: storage.options.additionalimagestores = […]" + wantList},
		{"no list", dropIns(stores + "'/a'"), `1.conf:3: storage.options.additionalimagestores = "/a"` + wantList},
		{"outer key", dropIns("[storage.options]\nsize = 'much'\n[storage.options.overlay]\nsize = '1G'"), `1.conf:2: storage.options.size = "much": must be a size such as "10G"`},
		{"all files", dropIns("[storage]\ndriver = 1", "\nx = y", "[storage]\nrunroot = 1\ngraphroot = 1"),
			"1.conf:2: storage.driver = 1: must be a string, in quotes; 2.conf:2: expected value but found \"y\" instead; " +
				"3.conf:2: storage.runroot = 1: must be a string, in quotes; 3.conf:3: storage.graphroot = 1: must be a string, in quotes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, err := config.Parse(tc.in); got != nil || err == nil || err.Error() != tc.want {
				t.Errorf("Parse = %v, %v\nwant error %s", got, err, tc.want)
			}
		})
	}
	if _, err := config.Parse(storage(stores + "['/a', {append = true}]")); !errors.As(err, new(*config.ValueError)) {
		t.Errorf("append up to containers/storage 1.62: %v", err)
	}
}

// TestMergeComposefs has a composefs.conf with drop-ins.
func TestMergeComposefs(t *testing.T) {
	s := composefs("verity = 'require'\nexpected = 'all'")
	s.Composefs = append(s.Composefs, config.Text{Name: "a.conf", Data: []byte("digests_dir = '/d'")}, config.Text{Name: "b.conf", Data: []byte("verity = 'off'")})
	want := config.Options{Verity: config.VerityOff, Expected: config.ExpectedAll, Digests: config.Digests{Dirs: []string{"/d"}, Named: true}}
	if got, err := config.Parse(s); err != nil || !reflect.DeepEqual(*got, want) {
		t.Errorf("Parse = %+v, %v, want %+v", got, err, want)
	}
	s.Composefs[1].Data = []byte("\nverity = 'of'\nx = 1")
	if _, err := config.Parse(s); err == nil || !strings.HasPrefix(err.Error(), `a.conf:2: verity = "of": `) || !strings.Contains(err.Error(), "; a.conf:3: x: ") {
		t.Errorf("Parse = %v, want the errors of a.conf", err)
	}
}

// TestOrigins has the place of each value.
func TestOrigins(t *testing.T) {
	opts := "use_composefs=true"
	s := dropIns("[storage]\ndriver = 'overlay'\ngraphroot = '/g'\nrunroot = '/r'\n[storage.options.overlay]\nuse_composefs = 'true'",
		"[storage.options.pull_options]\nconvert_images = 'true'\n[storage]\n\nGraphRoot = '/h'", "[storage]\nrunroot = ''")
	s.Composefs = []config.Text{{Name: "composefs.conf", Data: []byte("verity = 'off'\nexpected = 'all'")}, {Name: "c.conf", Data: []byte("\nverity = 'try'")}}
	environment := s
	environment.StorageDriver, environment.StorageOpts = "overlay", &opts
	flags := environment
	flags.Driver, flags.DriverOptions = "overlay", []string{"overlay.use_composefs=false"}
	forgets := s
	forgets.DriverOptions = []string{}
	root := dropIns("[storage]\nrootless_storage_path = '/u'")
	user := root
	user.Rootless = true
	for _, tc := range []struct {
		name string
		in   config.Sources
		want map[string]string // unset ones are left out
	}{
		{"files", s, map[string]string{"driver": "1.conf:2", "graphroot": "2.conf:5", "runroot": "", "use_composefs": "1.conf:6",
			"convert_images": "2.conf:2", "verity": "c.conf:2", "expected": "composefs.conf:2"}},
		{"environment", environment, map[string]string{"driver": "STORAGE_DRIVER", "use_composefs": "STORAGE_OPTS", "graphroot": "2.conf:5"}},
		{"flags", flags, map[string]string{"driver": "--storage-driver", "use_composefs": "--storage-opt", "graphroot": "2.conf:5"}},
		{"no driver options", forgets, map[string]string{"driver": "1.conf:2", "use_composefs": "", "convert_images": "2.conf:2"}},
		{"root", root, map[string]string{"graphroot": ""}},
		{"user", user, map[string]string{"graphroot": "1.conf:2"}},
	} {
		got, err := config.Origins(tc.in)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		for key, want := range tc.want {
			if got := got[key].String(); got != want {
				t.Errorf("%s: %s is from %q, want %q", tc.name, key, got, want)
			}
		}
	}
	if got, err := config.Origins(config.Sources{}); err != nil || len(got) != 0 {
		t.Errorf("without sources: %v, %v", got, err)
	}
}

// TestIgnoredInDropIns has keys without effect in several files.
func TestIgnoredInDropIns(t *testing.T) {
	s := dropIns("[storage.options.aufs]\nmountopt = ''", "\n[storage.options.overlay]\nsync = ''\nuse_composef = ''", "[storage.options]\nuse_composefs = ''")
	var got []string
	for _, key := range config.Ignored(s) {
		got = append(got, key.String())
	}
	want := []string{
		"1.conf:1: unknown key storage.options.aufs, which has no effect",
		"2.conf:4: unknown key storage.options.overlay.use_composef, which has no effect",
		"3.conf:2: use_composefs is set in [storage.options], where it has no effect: set it in [storage.options.overlay]",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Ignored = %q, want %q", got, want)
	}
}
