//go:build linux

package driver

import (
	"fmt"
	"os"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"
	"github.com/containers/storage/pkg/unshare"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/trust"
)

// Driver is the overlay driver with composefs. It embeds the type of the stock driver, because an
// embedded interface would hide the optional interfaces.
//
// Its methods may be called concurrently. containers/storage calls most of them under its own
// locks; the table in the package documentation lists these, and the locks that the methods take.
type Driver struct {
	stockDriver

	conf         *config.Options
	runRoot      chain.RunRoot
	mountOptions []string // mountopt, of mount(8)

	added   addedLayers
	handed  handed
	copies  copies
	mapped  mapped
	images  *images.Images
	mounts  *shared.Mounts
	counter *graphdriver.RefCounter
	guard   *trust.Guard
	repos   *settings.ObjectRepos

	// naive computes differences from two mounts of d. The stock driver's own naive differ
	// calls Get of the stock driver.
	naive graphdriver.Driver

	tidied       sync.Once // before the first new layer
	warnOfPlain  sync.Once // that pulled layers stay plain
	abilities    func() abilities
	cannotVerify func() error // why mounts that verify do not work, nil if they do
}

func newDriver(o *overlay.Driver, conf *config.Options, stores chain.Stores, runRoot chain.RunRoot) *Driver {
	d := &Driver{
		stockDriver: stockDriver{o, &stores},

		conf:    conf,
		runRoot: runRoot,
		images:  images.New(stores.Primary, settings.Sealing(conf)),
		mounts:  shared.New(runRoot.SharedMounts(), imageMounter(string(runRoot), stores.Primary.Root())),
		counter: graphdriver.NewRefCounter(graphdriver.NewFsChecker(graphdriver.FsMagicOverlay)),
	}
	if unshare.IsRootless() { // a build merges in each step
		d.images.KeepTree()
	}
	d.guard = trust.New(conf, d.stores, d.images, runRoot.Digests())
	d.repos = settings.NewObjectRepos(conf, d.stores.NewLayers().Root(), func(err error) {
		logrus.Warnf("composefs: object_repos in composefs.conf: %v", err)
	})
	feature.SetCacheDir(runRoot.Features())
	d.naive = graphdriver.NewNaiveDiffDriver(d, graphdriver.NewNaiveLayerIDMapUpdater(d))
	d.abilities = sync.OnceValue(d.probe)
	d.cannotVerify = sync.OnceValue(func() error { return settings.Verifiable(d.root()) })
	return d
}

// abilities are the facts about the kernel and the store's file system that mounts depend on.
type abilities struct {
	err      error // why composefs cannot be mounted, nil if it can
	backing  mount.Backing
	metacopy bool // mounts need metacopy=on: see mount.Plan
	served   bool // images are mounted by FUSE, and overlays have the option userxattr
}

// root returns the directory in which the driver probes the kernel. It is not the store's home,
// because stock podman reports unknown directories there as damaged layers, and a killed probe
// leaves one.
func (d *Driver) root() string { return d.stores.Primary.Root() }

// probe probes the kernel with files in the store's root.
func (d *Driver) probe() abilities {
	dir := d.root()
	if unshare.IsRootless() {
		return abilities{err: feature.Servable(dir), served: true}
	}
	return abilities{
		err:      feature.Mountable(dir),
		backing:  feature.Backing(dir),
		metacopy: !feature.PlainRedirect.Has(dir),
	}
}

// mountsOurselves reports whether this driver mounts the chain itself. A chain with composefs
// layers that it does not mount is one that the kernel cannot mount, or one for which the probe
// failed: see Get.
func (d *Driver) mountsOurselves(c chain.Chain) bool {
	return c.Composefs() && d.abilities().err == nil
}

// imageMounter returns the function that mounts images: as EROFS or, without root, by FUSE. stores are those
// of [holder.Place].
func imageMounter(stores ...string) shared.Mounter {
	return func(img *mount.Image, point, note string) (*os.File, error) {
		if !unshare.IsRootless() {
			return mount.Erofs(img)
		}
		return holder.Mount(img, holder.Place{Point: point, Note: note, Stores: stores})
	}
}

// plain is the stock driver, for stores in which composefs cannot work.
type plain struct {
	stockDriver
	reason string
	guard  *trust.Guard
}

// Get mounts a layer as the stock driver does. It refuses a layer whose image must have an expected
// digest, because nothing would compare the digest.
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

// sealing returns whether new files of the pool get fs-verity: see "Sealing" in the documentation
// of package objects.
func (d *Driver) sealing() objects.Sealing { return settings.Sealing(d.conf) }
