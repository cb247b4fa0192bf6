package config_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

const confName = "/etc/containers/storage.conf"

// storage returns the sources of one storage.conf.
func storage(text string) config.Sources {
	return config.Sources{Storage: []config.Text{{Name: confName, Data: []byte(text)}}}
}

func composefs(text string) config.Sources {
	return config.Sources{Composefs: []config.Text{{Name: "/etc/containers/composefs.conf", Data: []byte(text)}}}
}

// options returns the sources for values of --storage-opt.
func options(list ...string) config.Sources { return config.Sources{DriverOptions: list} }

const inOverlay = "[storage]\ndriver = 'overlay'\n[storage.options.overlay]\n"

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   config.Sources
		want config.Options
	}{
		{"nothing", config.Sources{}, config.Options{}},
		{"empty file", storage(""), config.Options{}},
		{"empty options", storage("[storage.options]"), config.Options{}},
		{"paths", storage("[storage]\ngraphroot = '/g'\nrunroot = '$X/r/'\nimagestore = '/i'"),
			config.Options{GraphRoot: "/g", RunRoot: "$X/r/", ImageStore: "/i"}},
		{"rootless path", storage("[storage]\nrootless_storage_path = '/u/$UID'"), config.Options{GraphRoot: "/u/$UID"}},
		{"rootless path and graphroot", storage("[storage]\nrootless_storage_path = '/u'\ngraphroot = '/g'"), config.Options{GraphRoot: "/g"}},
		{"driver", storage("[storage]\ndriver = 'vfs'"), config.Options{Driver: "vfs"}},
		{"driver overlay2", storage("[storage]\ndriver = 'overlay2'"), config.Options{Driver: "overlay"}},
		{"keys in any case", storage("[Storage]\nDRIVER = 'vfs'\nGraphRoot = '/g'"), config.Options{Driver: "vfs", GraphRoot: "/g"}},
		{"unknown keys", storage("x = 1\n[storage]\ny = 2\n[storage.options]\nz = 3\n[storage.options.overlay]\nw = 4"), config.Options{}},

		{"use_composefs", storage(inOverlay + "use_composefs = 'true'"), config.Options{Driver: "overlay", UseComposefs: config.On}},
		{"use_composefs 1", storage(inOverlay + "use_composefs = '1'"), config.Options{Driver: "overlay", UseComposefs: config.On}},
		{"use_composefs with blanks", storage(inOverlay + "use_composefs = ' T '"), config.Options{Driver: "overlay", UseComposefs: config.On}},
		{"use_composefs off", storage(inOverlay + "use_composefs = 'f'"), config.Options{Driver: "overlay", UseComposefs: config.Off}},
		{"use_composefs empty", storage(inOverlay + "use_composefs = ''"), config.Options{Driver: "overlay"}},
		{"use_composefs without driver", storage("[storage.options.overlay]\nuse_composefs = 'true'"), config.Options{}},
		{"use_composefs of another driver", storage("[storage]\ndriver = 'vfs'\n[storage.options.overlay]\nuse_composefs = 'bad'"), config.Options{Driver: "vfs"}},
		{"use_composefs in the old place", storage("[storage]\ndriver = 'overlay'\n[storage.options]\nuse_composefs = 'true'"), config.Options{Driver: "overlay"}},

		{"object_repos", composefs("object_repos = ['/a', '/b/../c']"), config.Options{ObjectRepos: []string{"/a", "/c"}}},
		{"no object_repos", composefs("object_repos = []"), config.Options{}},
		{"object_repos of the last file", config.Sources{Composefs: append(composefs("object_repos = ['/a']").Composefs, composefs("object_repos = ['/b']").Composefs...)},
			config.Options{ObjectRepos: []string{"/b"}}},
		{"stores", storage("[storage.options]\nadditionalimagestores = ['/a', '/b/../c/', '', '/d,/e']"),
			config.Options{AdditionalImageStores: []string{"/a", "/c", "/d", "/e"}}},
		{"no stores", storage("[storage.options]\nadditionalimagestores = []"), config.Options{}},
		{"stores of another driver", storage("[storage]\ndriver = 'vfs'\n[storage.options]\nadditionalimagestores = ['a']"), config.Options{Driver: "vfs"}},
		{"option stores", options("imagestore=/a,/b", "overlay.additionalimagestore = /c"),
			config.Options{AdditionalImageStores: []string{"/a", "/b", "/c"}}},

		{"option bare", options("use_composefs=true"), config.Options{UseComposefs: config.On}},
		{"option with dot", options(".use_composefs=true"), config.Options{UseComposefs: config.On}},
		{"option with driver", options("overlay.use_composefs=true"), config.Options{UseComposefs: config.On}},
		{"option with old driver", options("overlay2.use_composefs=true"), config.Options{UseComposefs: config.On}},
		{"option with all prefixes", options("overlay.overlay2..use_composefs=true"), config.Options{UseComposefs: config.On}},
		{"option in capitals, with blanks", options(" Overlay.Use_Composefs = TRUE "), config.Options{UseComposefs: config.On}},
		{"option twice", options("use_composefs=1", "use_composefs=0"), config.Options{UseComposefs: config.Off}},
		{"hindrances", storage(inOverlay + "mount_program = '/x'\nforce_mask = 'shared'\nignore_chown_errors = 'false'"),
			config.Options{Driver: "overlay", Incompatible: []string{"mount_program", "force_mask"}, MustExist: []string{"/x"}}},
		{"hindrances in the old place", storage("[storage]\ndriver = 'overlay'\n[storage.options]\nmount_program = ''\nforce_mask = 0\nignore_chown_errors = 'true'"),
			config.Options{Driver: "overlay", Incompatible: []string{"ignore_chown_errors"}}},
		{"no hindrances", storage(inOverlay + "ignore_chown_errors = 'false'\n[storage.options]\nmount_program = ''\nforce_mask = 0\nignore_chown_errors = 'true'"),
			config.Options{Driver: "overlay"}},
		{"hindrances of another driver", storage("[storage]\ndriver = 'vfs'\n[storage.options]\nignore_chown_errors = 'true'"), config.Options{Driver: "vfs"}},
		{"option hindrance", options("overlay.mount_program=/a", "force_mask=700", "mount_program="), config.Options{Incompatible: []string{"force_mask"}, MustExist: []string{"/a"}}},
		{"layer stores and quotas", storage(inOverlay + "size = '1G'\n[storage.options]\nadditionallayerstores = ['/l:ref', '/m/']"),
			config.Options{Driver: "overlay", MustExist: []string{"/l", "/m"}, Quota: true}},
		{"no quotas", options("size=0", "inodes=00"), config.Options{}},
		{"other option", options("overlay.mountopt=nodev", "size=10G", "inodes=5", "skip_mount_home=1", "override_kernel_check=x"), config.Options{Quota: true}},
		{"empty option", options(""), config.Options{}},

		{"digests_dir", composefs("digests_dir = '/d/'"), config.Options{Digests: config.Digests{Dirs: []string{"/d"}, Named: true}}},
		{"digests_dir from the places", config.Sources{DigestDirs: []string{"/a", "/b"}}, config.Options{Digests: config.Digests{Dirs: []string{"/a", "/b"}}}},
		{"expected listed", composefs("expected = 'listed'"), config.Options{Expected: config.ExpectedListed}},
		{"expected all", composefs("expected = 'all'\nverity = 'off'"), config.Options{Expected: config.ExpectedAll, Verity: config.VerityOff}},
		{"verity empty", composefs(""), config.Options{Verity: config.VerityTry}},
		{"verity try", composefs("verity = 'try'"), config.Options{Verity: config.VerityTry}},
		{"verity off", composefs("verity = 'off'"), config.Options{Verity: config.VerityOff}},
		{"verity require", composefs("# all of it\nverity = \"require\"\n"), config.Options{Verity: config.VerityRequire}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := config.Parse(tc.in)
			if err != nil || !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("Parse = %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	opts := "use_composefs=x"
	for _, tc := range []struct {
		name string
		in   config.Sources
		want string
	}{
		{"syntax", storage("[storage]\n\ndriver = overlay\n"), confName + ":3: expected value but found \"overlay\" instead"},
		{"key twice", storage("[storage]\ndriver = 'a'\ndriver = 'b'\n"), confName + ":3: Key 'storage.driver' has already been defined."},
		{"no table", storage("storage = 1"), confName + ":1: storage = 1: must be a table"},
		{"list of tables", storage("[[storage]]"), confName + ":1: storage = […]: must be a table"},
		{"no string", storage("[storage]\nDriver = true"), confName + ":2: storage.Driver = true: must be a string, in quotes"},
		{"date", storage("[storage]\ndriver = 2020-01-02T03:04:05Z"), confName + ":2: storage.driver = 2020-01-02T03:04:05Z: must be a string, in quotes"},
		{"two cases", storage("[storage]\ndriver = 'a'\nDriver = 'b'"), confName + `:2: storage.driver: is set already, as "Driver"`},
		{"use_composefs", storage(inOverlay + "use_composefs = 'yes'"),
			confName + `:4: storage.options.overlay.use_composefs = "yes": must be "true" or "false"`},
		{"use_composefs no string", storage(inOverlay + "use_composefs = true"),
			confName + `:4: storage.options.overlay.use_composefs = true: must be a string, in quotes`},
		{"old use_composefs no string", storage("[storage.options]\nuse_composefs = true"),
			confName + `:2: storage.options.use_composefs = true: must be a string, in quotes`},
		{"stores no list", storage("[storage.options]\nadditionalimagestores = '/a'"),
			confName + `:2: storage.options.additionalimagestores = "/a": must be a list of strings`},
		{"store no string", storage("[storage.options]\nadditionalimagestores = [1]"),
			confName + `:2: storage.options.additionalimagestores = […]: must be a list of strings`},
		{"store relative", storage("[storage.options]\nadditionalimagestores = ['/a,b']"),
			confName + `:2: storage.options.additionalimagestores = "b": must be an absolute path`},
		{"pull_options no table", storage("[storage.options]\npull_options = 'convert_images=true'"),
			confName + `:2: storage.options.pull_options = "convert_images=true": must be a table`},
		{"pull option no string", storage("[storage.options]\npull_options = {convert_images = true}"),
			confName + `:2: storage.options.pull_options.convert_images = true: must be a string, in quotes`},
		{"unknown pull option no string", storage("[storage.options.pull_options]\nx = {}"),
			confName + `:2: storage.options.pull_options.x = {…}: must be a string, in quotes`},
		{"key that is upstream's business", storage("[storage]\ntransient_store = 'true'\n[storage.options.overlay]\nmountopt = 'nodev'"),
			confName + `:2: storage.transient_store = "true": must be true or false, without quotes`},
		{"number", storage("[storage.options]\nauto-userns-min-size = '1'"),
			confName + `:2: storage.options.auto-userns-min-size = "1": must be a number of 32 bits`},
		{"all of one file", storage("[storage]\ndriver = 'overlay'\nrunroot = 1\n[storage.options.overlay]\nuse_composefs = 'yes'\nmountopt = true\n[storage.options]\nadditionalimagestores = ['a']\npull_options = {convert_images = true}"),
			confName + `:3: storage.runroot = 1: must be a string, in quotes; ` +
				confName + `:5: storage.options.overlay.use_composefs = "yes": must be "true" or "false"; ` +
				confName + `:6: storage.options.overlay.mountopt = true: must be a string, in quotes; ` +
				confName + `:8: storage.options.additionalimagestores = "a": must be an absolute path; ` +
				confName + `:9: storage.options.pull_options.convert_images = true: must be a string, in quotes`},
		{"both files", config.Sources{Storage: storage("storage = 1").Storage, Composefs: composefs("verity = 1\nx = 1").Composefs},
			confName + ":1: storage = 1: must be a table; " +
				`/etc/containers/composefs.conf:1: verity = 1: must be one of "off", "try" or "require"; ` +
				`/etc/containers/composefs.conf:2: x: unknown key, there are "verity", "algorithm", "digests_dir", "expected", "decompress", "rootless" and "object_repos"`},
		{"all options", options("use_composefs=x", "imagestore=a", "overlay.use_composefs"),
			`--storage-opt: use_composefs = "x": must be "true" or "false"; --storage-opt: imagestore = "a": must be an absolute path; --storage-opt: "overlay.use_composefs": must be KEY=VALUE`},
		{"unknown options", options("x=", "vfs.use_composefs=true"),
			`--storage-opt: x: unknown option of the overlay driver; --storage-opt: vfs.use_composefs: unknown option of the overlay driver`},
		{"options of the driver in the file", storage(inOverlay + "size = 'much'\ninodes = '-1'\nforce_mask = '0855'\n[storage.options]\nskip_mount_home = 'yes'"),
			confName + `:4: storage.options.overlay.size = "much": must be a size such as "10G"; ` +
				confName + `:5: storage.options.overlay.inodes = "-1": must be a number; ` +
				confName + `:6: storage.options.overlay.force_mask = "0855": must be "shared", "private" or an octal mode such as "0755", in [storage.options.overlay]; ` +
				confName + `:8: storage.options.skip_mount_home = "yes": must be "true" or "false"`},
		{"force_mask in the old place", storage("[storage]\ndriver = 'overlay'\n[storage.options]\nforce_mask = 0o700"),
			confName + `:4: storage.options.force_mask = "-rwx------": must be "shared", "private" or an octal mode such as "0755", in [storage.options.overlay]`},
		{"option without value", options("use_composefs"), `--storage-opt: "use_composefs": must be KEY=VALUE`},
		{"option empty", options("overlay.use_composefs="), `--storage-opt: overlay.use_composefs = "": must be "true" or "false"`},
		{"STORAGE_OPTS", config.Sources{StorageOpts: &opts}, `STORAGE_OPTS: use_composefs = "x": must be "true" or "false"`},
		{"verity", composefs("verity = 'always'"), `/etc/containers/composefs.conf:1: verity = "always": must be one of "off", "try" or "require"`},
		{"verity no string", composefs("verity = true"), `/etc/containers/composefs.conf:1: verity = true: must be one of "off", "try" or "require"`},
		{"expected", composefs("expected = 'none'"), `/etc/containers/composefs.conf:1: expected = "none": must be one of "listed" or "all"`},
		{"expected no string", composefs("expected = true"), `/etc/containers/composefs.conf:1: expected = true: must be one of "listed" or "all"`},
		{"digests_dir relative", composefs("digests_dir = 'd'"), `/etc/containers/composefs.conf:1: digests_dir = "d": must be an absolute path`},
		{"digests_dir empty", composefs("digests_dir = ''"), `/etc/containers/composefs.conf:1: digests_dir = "": must be an absolute path`},
		{"digests_dir list", composefs("digests_dir = ['/d']"), `/etc/containers/composefs.conf:1: digests_dir = […]: must be an absolute path`},
		{"object_repos no list", composefs("object_repos = '/r'"), `/etc/containers/composefs.conf:1: object_repos = "/r": must be a list of absolute paths`},
		{"object_repos relative", composefs("object_repos = ['/r', 's']"), `/etc/containers/composefs.conf:1: object_repos = […]: must be a list of absolute paths`},
		{"object_repos of numbers", composefs("object_repos = [1]"), `/etc/containers/composefs.conf:1: object_repos = […]: must be a list of absolute paths`},
		{"object_repos of tables", composefs("[[object_repos]]\na = 1"), `/etc/containers/composefs.conf:1: object_repos = […]: must be a list of absolute paths`},
		{"verity list", composefs("verity = ['try']"), `/etc/containers/composefs.conf:1: verity = […]: must be one of "off", "try" or "require"`},
		{"unknown key", composefs("verify = 'require'"), `/etc/containers/composefs.conf:1: verify: unknown key, there are "verity", "algorithm", "digests_dir", "expected", "decompress", "rootless" and "object_repos"`},
		{"unknown case", composefs("Verity = 'require'"), `/etc/containers/composefs.conf:1: Verity: unknown key, there are "verity", "algorithm", "digests_dir", "expected", "decompress", "rootless" and "object_repos"`},
		{"unknown table", composefs("[x]\nverity = 'off'"), `/etc/containers/composefs.conf:1: x: unknown key, there are "verity", "algorithm", "digests_dir", "expected", "decompress", "rootless" and "object_repos"`},
		{"verity syntax", composefs("\nverity = "), `/etc/containers/composefs.conf:2: unexpected EOF; expected value`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := config.Parse(tc.in)
			if got != nil || err == nil || err.Error() != tc.want {
				t.Errorf("Parse = %v, %v\nwant error %s", got, err, tc.want)
			}
			var value *config.ValueError
			var syntax *config.SyntaxError
			if !errors.As(err, &value) && !errors.As(err, &syntax) {
				t.Errorf("%T is neither a ValueError nor a SyntaxError", err)
			}
		})
	}
}
