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

// Sources is [config.Find] on this machine. It returns the files that count.
func Sources() (config.Sources, error) { return config.Find(system()) }

func system() config.System {
	home, _ := unshare.HomeDir() // config reports that it is unknown
	return config.System{
		Rules:        config.Upstream,
		ReadFile:     os.ReadFile,
		ReadDir:      os.ReadDir,
		LookupEnv:    os.LookupEnv,
		ExpandEnv:    os.ExpandEnv,
		EvalSymlinks: filepath.EvalSymlinks,
		Rootless:     unshare.IsRootless() && unshare.GetRootlessUID() != 0,
		UID:          unshare.GetRootlessUID(),
		Home:         home,
	}
}

// Unusable returns why composefs cannot work in the store with that home, or "". It is cheap and does
// not probe the kernel.
func Unusable(home string, conf *config.Options) string {
	if unshare.IsRootless() && conf.Rootless == config.RootlessPlain {
		return `composefs.conf has rootless = "plain"`
	}
	if len(conf.Incompatible) > 0 {
		return fmt.Sprintf("option %s is set", conf.Incompatible[0])
	}
	if flag, err := os.ReadFile(chain.Store{Home: home}.MountProgramMark()); err == nil && string(flag) == "true" {
		return "fuse-overlayfs is in use"
	}
	return ""
}

// Decide returns whether new layers in the stores become composefs. A pool counts if it has an entry of
// a layer; a pool with only the merged images of additional stores does not count.
func Decide(conf *config.Options, stores *chain.Stores) config.Decision {
	_, err := os.Stat(stores.NewLayers().PoolLayers())
	return conf.Decide(err == nil)
}

// Advice returns the changes that make new layers composefs: see [config.Options.Advice].
func Advice(conf *config.Options, d config.Decision) []string {
	sources, err := Sources()
	if err != nil {
		return conf.Advice(d, nil, false)
	}
	files, err := config.Parse(sources)
	hidden := err == nil && files.UseComposefs == config.On
	from, _ := config.Origins(sources) // none if a file has become invalid since the start
	return conf.Advice(d, from, hidden)
}

// Sealing returns the meaning of the setting verity for new files of pools.
func Sealing(conf *config.Options) objects.Sealing {
	switch conf.Verity {
	case config.VerityTry:
		return objects.SealTry
	case config.VerityRequire:
		return objects.SealRequire
	}
	return objects.SealNever
}

// Stores returns the stores of a machine. home is the directory overlay of the primary store. The other
// arguments are the roots of further stores; imageStore is "" if there is none.
func Stores(conf *config.Options, home, imageStore string, additional []string) chain.Stores {
	algorithm := wanted(conf)
	s := chain.Stores{Primary: chain.Store{Home: home, Algorithm: algorithm}}
	if imageStore != "" {
		s.Images = chain.Store{Home: chain.Home(imageStore), Algorithm: algorithm}
	}
	for _, root := range additional {
		s.Additional = append(s.Additional, chain.Store{Home: chain.Home(root), ReadOnly: true})
	}
	return s
}
