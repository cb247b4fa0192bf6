//go:build linux

package graphtest

import (
	"os"
	"path/filepath"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/graphtest"
	"github.com/containers/storage/pkg/idtools"
	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// Names of the drivers for the suite, and of their homes.
const (
	asIs      = "composefs"           // our driver
	committed = "composefs-committed" // with parents committed first
)

// commits counts the layers that were committed.
var commits int

func TestMain(m *testing.M) {
	graphdriver.MustRegister(asIs, driver.Init)
	graphdriver.MustRegister(committed, func(home string, options graphdriver.Options) (graphdriver.Driver, error) {
		d, err := driver.Init(home, options)
		if err != nil {
			return nil, err
		}
		return newCommitter(d, home), nil
	})
	if reexec.Init() {
		return
	}
	os.Exit(m.Run())
}

// setUp makes a configuration in which composefs is on, and sees to it that nothing is
// mounted when the test is over.
func setUp(t *testing.T) {
	needs.Root(t)
	unix.Umask(0o022) // the suite expects it
	dir, err := os.MkdirTemp(needs.Disk(t), "graphtest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left, err := stock.Mounts(dir); err != nil || len(left) > 0 {
			t.Errorf("leaving %s: %v, mounted: %v", dir, err, left)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	conf := filepath.Join(dir, "storage.conf")
	text := "[storage]\ndriver = \"overlay\"\n[storage.options.pull_options]\nenable_partial_images = \"true\"\nconvert_images = \"true\"\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CONTAINERS_STORAGE_CONF", conf)
	t.Setenv("TMPDIR", dir)
}

const on = "overlay.use_composefs=true"

// TestSuite runs all cases of the suite. Those of options and quotas are below.
func TestSuite(t *testing.T) {
	cases := []struct {
		name string
		run  func(t testing.TB, name string, options ...string)
	}{
		{"CreateEmpty", graphtest.DriverTestCreateEmpty},
		{"CreateBase", graphtest.DriverTestCreateBase},
		{"CreateSnap", graphtest.DriverTestCreateSnap},
		{"CreateFromTemplate", graphtest.DriverTestCreateFromTemplate},
		{"128LayerRead", func(t testing.TB, name string, options ...string) {
			graphtest.DriverTestDeepLayerRead(t, 128, name, options...)
		}},
		{"DiffApply10Files", func(t testing.TB, name string, options ...string) {
			graphtest.DriverTestDiffApply(t, 10, name, options...)
		}},
		{"Changes", graphtest.DriverTestChanges},
		{"Echo", graphtest.DriverTestEcho},
		{"ListLayers", graphtest.DriverTestListLayers},
	}
	for _, name := range []string{asIs, committed} {
		t.Run(name, func(t *testing.T) {
			setUp(t)
			commits = 0
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) { c.run(forUser{t}, name, on) })
			}
			if (commits > 0) != (name == committed) {
				t.Errorf("%d layers were composefs", commits)
			}
		})
	}
}

// TestOptions repeats the tests of the overlay driver with options, with which ours
// is off: a mode that the root of a layer has by an xattr, and which owners can be mapped
// by mounts.
func TestOptions(t *testing.T) {
	setUp(t)
	t.Run("force_mask", func(t *testing.T) {
		d := graphtest.GetDriver(t, asIs, on, "force_mask=700")
		must(t, d.Create("lower", "", nil))
		graphtest.ReconfigureDriver(t, asIs, on)
		must(t, d.Create("upper", "lower", nil))
		root, err := d.Get("upper", graphdriver.MountOpts{})
		must(t, err)
		defer func() { must(t, d.Put("upper")) }()
		info, err := os.Stat(root)
		must(t, err)
		if mode := info.Mode().Perm(); mode != 0o555 {
			t.Errorf("the root has mode %o", mode)
		}
	})
	one := []idtools.IDMap{{HostID: 1000, Size: 65536}}
	holes := []idtools.IDMap{{Size: 1}, {ContainerID: 2, HostID: 2, Size: 1}}
	t.Run("shifting", func(t *testing.T) {
		d := graphtest.GetDriver(t, asIs, on)
		want := d.SupportsShifting(nil, nil)
		for _, maps := range [][]idtools.IDMap{one, holes} {
			if got := d.SupportsShifting(maps, maps); got != want {
				t.Errorf("%v: %t, without maps %t", maps, got, want)
			}
		}
	})
	t.Run("mount_program", func(t *testing.T) {
		d := graphtest.GetDriver(t, asIs, on, "mount_program=/usr/bin/true")
		if !d.SupportsShifting(nil, nil) || !d.SupportsShifting(one, one) || d.SupportsShifting(holes, holes) {
			t.Error("a mount program maps all but maps with holes")
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
