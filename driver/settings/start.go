package settings

import (
	"errors"
	"fmt"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// Keeps returns an error if composefs.conf has verity = "require" and the store with that home cannot
// guarantee it. The driver must not start then. Keeps probes the kernel in dir, a directory on the
// store's file system.
func Keeps(conf *config.Options, home, dir string) error {
	if conf.Verity != config.VerityRequire {
		return nil
	}
	if reason := Unusable(home, conf); reason != "" {
		return fmt.Errorf(`composefs.conf has verity = "require", and composefs cannot be used: %s`, reason)
	}
	err := Mountable(dir)
	if err == nil {
		err = Verifiable(dir)
	}
	if err == nil {
		return nil
	}
	if errors.Is(err, verity.ErrFilesystem) {
		err = fmt.Errorf("%w (tune2fs -O verity turns it on for ext4)", err)
	}
	return fmt.Errorf(`composefs.conf has verity = "require", which cannot be kept in %s: %w`, filepath.Dir(home), err)
}

// Incompatible returns the name of dir's file system if the stock driver does not start there without a
// mount_program, otherwise "". Source: Init in drivers/overlay/overlay.go.
func Incompatible(dir string) (string, error) {
	magic, err := graphdriver.GetFSMagic(chain.Home(dir)) // looks at the parent directory
	if err != nil {
		return "", err
	}
	switch magic {
	case graphdriver.FsMagicAufs, graphdriver.FsMagicOverlay, graphdriver.FsMagicEcryptfs:
		return graphdriver.FsNames[magic], nil
	}
	return "", nil
}

// LacksQuota returns the name of dir's file system if the stock driver does not start there with
// size or inodes set, "" if it may. Source: Init in drivers/overlay/overlay.go.
func LacksQuota(dir string) (string, error) {
	magic, err := graphdriver.GetFSMagic(chain.Home(dir))
	if err != nil || magic == graphdriver.FsMagicXfs {
		return "", err
	}
	if name, ok := graphdriver.FsNames[magic]; ok {
		return name, nil
	}
	return "another file system", nil
}
