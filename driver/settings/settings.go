// Package settings says what is configured on this machine, to the driver and to the
// command alike: package config with this system's files, environment and user.
package settings

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/containers/storage/pkg/unshare"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Load is [config.Load] on this machine.
func Load(driver string, driverOptions []string) (*config.Options, error) {
	return config.Load(system(), driver, driverOptions)
}

// Sources is [config.Find] on this machine: it tells which files count.
func Sources() (config.Sources, error) { return config.Find(system()) }

func system() config.System {
	home, _ := os.UserHomeDir()
	return config.System{
		ReadFile:     os.ReadFile,
		LookupEnv:    os.LookupEnv,
		ExpandEnv:    os.ExpandEnv,
		EvalSymlinks: filepath.EvalSymlinks,
		Rootless:     unshare.IsRootless() && unshare.GetRootlessUID() != 0,
		UID:          unshare.GetRootlessUID(),
		Home:         home,
	}
}

// Unusable returns why composefs cannot work in the store with that home, or "". What
// it takes to find out is next to nothing; what the kernel can do is not asked.
func Unusable(home string, conf *config.Options) string {
	if unshare.IsRootless() {
		return "it needs root"
	}
	if len(conf.Incompatible) > 0 {
		return fmt.Sprintf("option %s is set", conf.Incompatible[0])
	}
	if flag, err := os.ReadFile(filepath.Join(home, ".has-mount-program")); err == nil && string(flag) == "true" {
		return "fuse-overlayfs is in use"
	}
	return ""
}

// Decide says whether new layers in the stores become composefs. The store has a pool if
// layers of its own were entered there: one that holds nothing but merged images of
// additional stores does not count.
func Decide(conf *config.Options, stores *chain.Stores) config.Decision {
	_, err := os.Stat(stores.NewLayers().PoolLayers())
	return conf.Decide(err == nil)
}

// Advice returns what to do for new layers to become composefs: see [config.Options.Advice].
func Advice(conf *config.Options, d config.Decision) []string {
	files, err := Load("", nil)
	return conf.Advice(d, err == nil && files.UseComposefs == config.On)
}

// Sealing returns what the setting verity means for what gets into pools.
func Sealing(conf *config.Options) objects.Sealing {
	switch conf.Verity {
	case config.VerityTry:
		return objects.SealTry
	case config.VerityRequire:
		return objects.SealRequire
	}
	return objects.SealNever
}

// Stores returns where layers are, given the primary store's directory overlay and the
// roots of the others; imageStore is "" if there is none.
func Stores(home, imageStore string, additional []string) chain.Stores {
	s := chain.Stores{Primary: chain.Store{Home: home}}
	if imageStore != "" {
		s.Images = chain.Store{Home: filepath.Join(imageStore, "overlay")}
	}
	for _, root := range additional {
		s.Additional = append(s.Additional, chain.Store{Home: filepath.Join(root, "overlay"), ReadOnly: true})
	}
	return s
}
