//go:build linux

package driver

import (
	"fmt"
	"path/filepath"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
	"github.com/composefs-storage/composefs-storage/driver/pull/staging"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/trust"
)

// Driver is the overlay driver with composefs. It embeds the stock driver itself, not
// the interface, for that would hide the optional interfaces.
type Driver struct {
	stockDriver

	conf         *config.Options
	runDir       string   // below the run root: empty after a reboot
	mountOptions []string // mountopt, of mount(8)

	pulled  pulled
	copies  copies
	mapped  mapped
	images  *images.Images
	mounts  *shared.Mounts
	counter *graphdriver.RefCounter
	guard   *trust.Guard

	// naive makes differences by comparing two mounts. The stock driver's own would
	// mount by the stock driver.
	naive graphdriver.Driver

	warnOfPlain  sync.Once // that pulled layers stay plain
	abilities    func() abilities
	cannotVerify func() error // why mounts that verify do not work, nil if they do
}

func newDriver(o *overlay.Driver, conf *config.Options, stores chain.Stores, runDir string) *Driver {
	d := &Driver{
		stockDriver: stockDriver{o, &stores},

		conf:    conf,
		runDir:  runDir,
		images:  images.New(stores.Primary, settings.Sealing(conf)),
		mounts:  shared.New(filepath.Join(runDir, "images")),
		counter: graphdriver.NewRefCounter(graphdriver.NewFsChecker(graphdriver.FsMagicOverlay)),
	}
	d.guard = trust.New(conf, d.stores, d.images, filepath.Join(runDir, "canonical"))
	feature.Remember(filepath.Join(runDir, "features"))
	d.naive = graphdriver.NewNaiveDiffDriver(d, graphdriver.NewNaiveLayerIDMapUpdater(d))
	d.abilities = sync.OnceValue(d.probe)
	d.cannotVerify = sync.OnceValue(func() error { return feature.Verifiable(d.root()) })
	return d
}

// abilities are what mounts depend on.
type abilities struct {
	err      error // why composefs cannot be mounted, nil if it can
	backing  mount.Backing
	metacopy bool // mounts need metacopy=on: see mount.Plan
}

// root returns where the kernel is asked what it can do. In the store's home, stock would
// take what a kill leaves for a damaged layer.
func (d *Driver) root() string { return filepath.Dir(d.stores.Primary.Home) }

// probe asks the kernel, with files in the store's root.
func (d *Driver) probe() abilities {
	dir := d.root()
	return abilities{
		err:      feature.Mountable(dir),
		backing:  feature.Backing(dir),
		metacopy: !feature.PlainRedirect.Has(dir),
	}
}

// mountsOurselves reports whether mounts of the chain are the driver's own. If they are not although
// it has composefs layers, the kernel cannot, and what the stock driver would mount there shows
// the directories of objects; or that could not be found out, and the stock driver may try.
func (d *Driver) mountsOurselves(c chain.Chain) bool {
	return c.Composefs() && d.abilities().err == nil
}

// plain is the stock driver where composefs cannot work.
type plain struct {
	stockDriver
	reason string
	guard  *trust.Guard
}

// Get mounts a layer, unless a digest is expected of its image.
func (p *plain) Get(id string, options graphdriver.MountOpts) (string, error) {
	c, err := p.chain(id)
	if err != nil {
		return "", err
	}
	if err := p.guard.RefuseUnchecked(c, func() string { return p.reason }); err != nil {
		return "", fmt.Errorf("layer %s: %w", id, err)
	}
	return p.Driver.Get(id, options)
}

// sealing returns whether new files of the pool get fs-verity. A sealed image promises that all
// objects it refers to are sealed too, so it is sealed after them: a layer image when its layer is
// committed, a merged image if all layer images of its segment are sealed.
func (d *Driver) sealing() objects.Sealing { return settings.Sealing(d.conf) }

// Abandon removes the staged layers of this process: see [staging.Abandon].
func Abandon() error { return staging.Abandon() }
